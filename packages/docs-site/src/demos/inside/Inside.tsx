import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DemoFrame, type Try } from '../../blocks/demo-frame.tsx';
import { DigitPad } from '../../blocks/digit-pad.tsx';
import { NetworkChoice } from '../../blocks/network-choice.tsx';
import { clearDesk, type Desk, draw, selectNetwork, useDesk } from '../../desk/desk.ts';
import type { ModelFacts } from '../../desk/model-facts.ts';
import { type NeuronPlace, pixelContributions, readImage } from '../../desk/reading.ts';
import { useNetwork } from '../../desk/use-reading.ts';
import { describeContributions } from './describe-contributions.ts';
import styles from './Inside.module.css';
import { InsidePictures } from './InsidePictures.tsx';
import { loadModel } from './load-model.ts';
import { ModelFiles } from './ModelFiles.tsx';
import { Neurons } from './Neurons.tsx';

const firstNeuron: NeuronPlace = { layer: 1, neuron: 0 };

/** The digit that is shown before the reader draws one. */
interface Example {
  readonly image: readonly number[];
  readonly label: number;
}

/**
 * @param models networks of the trainer; the first one is selected at the start
 * @param example the digit that is shown before the reader draws one
 */
export default function Inside({
  models,
  example,
}: {
  models: readonly [ModelFacts, ModelFacts];
  example: Example;
}): JSX.Element {
  const desk = useDesk();
  const [chosen, setChosen] = useState<NeuronPlace>(firstNeuron);
  const [message, setMessage] = useState<string>();
  const failures = [useNetwork(models[0], true), useNetwork(models[1], desk.selected === 'wide')];
  const exampleImage = useMemo(() => Uint8Array.from(example.image), [example]);
  const image = desk.image ?? exampleImage;
  const network = desk.networks[desk.selected];
  const seen = useMemo(() => network && { network, reading: readImage(network, image) }, [network, image]);
  // The neuron that was chosen in another network may not exist in this one.
  const place = network && chosen.neuron < (network.layers[chosen.layer] ?? 0) ? chosen : firstNeuron;
  const isOutput = network !== undefined && place.layer === network.layers.length - 1;
  const contributions =
    seen && pixelContributions(seen.network, seen.reading.pass, place.layer, place.neuron);
  const choose = (next: NeuronPlace) => {
    setMessage(undefined);
    setChosen(next);
  };

  return (
    <DemoFrame
      title="Inside the network"
      result={
        [...failures, message].find((text) => text !== undefined) ??
        (contributions ? describeContributions(place, isOutput, contributions) : 'Loading the network …')
      }
      onReset={() => {
        clearDesk();
        selectNetwork('ten');
        choose(firstNeuron);
      }}
      tries={[
        ...outputTry(seen, choose),
        { text: 'Draw a digit of your own' },
        { text: 'Export the weights, change a number, and import them again' },
      ]}
      more={
        network && <ModelFiles network={network} onFile={(file) => void loadModel(file).then(setMessage)} />
      }
    >
      <NetworkChoice desk={desk} models={models} />
      {seen && contributions && (
        <>
          <Neurons {...seen} chosen={place} onChoose={choose} />
          <InsidePictures
            image={image}
            caption={captionOf(desk, example)}
            place={place}
            isOutput={isOutput}
            contributions={contributions}
          />
          <Paper desk={desk} />
        </>
      )}
    </DemoFrame>
  );
}

/** The suggestion to choose the output neuron of the predicted digit. */
function outputTry(
  seen: Pick<Parameters<typeof Neurons>[0], 'network' | 'reading'> | undefined,
  choose: (place: NeuronPlace) => void,
): Try[] {
  if (!seen) return [];
  const { digit } = seen.reading;
  const layer = seen.network.layers.length - 1;
  return [{ text: `What supports the ${digit}`, apply: () => choose({ layer, neuron: digit }) }];
}

function captionOf({ sample, image }: Desk, example: Example): string {
  if (sample) return `MNIST’s ${sample.label}`;
  return image ? 'Your digit' : `MNIST’s ${example.label}, or draw one`;
}

/** The paper for another digit. */
function Paper({ desk: { drawing } }: { desk: Desk }): JSX.Element {
  return (
    <details class={styles['paper']}>
      <summary>Draw another digit</summary>
      <div class={styles['pad']}>
        <DigitPad drawing={drawing} onDraw={draw} />
        <button type="button" onClick={() => clearDesk()}>
          Clear
        </button>
      </div>
    </details>
  );
}
