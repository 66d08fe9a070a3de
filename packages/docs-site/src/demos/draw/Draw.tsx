import type { Network } from '@micronn/core';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { NetworkChoice } from '../../blocks/network-choice.tsx';
import { NeuronChoice } from '../../blocks/neuron-choice.tsx';
import { NeuronPanel } from '../../blocks/neuron-panel.tsx';
import { Probabilities } from '../../blocks/probabilities.tsx';
import { type NetworkId, selectNetwork, useDesk } from '../../desk/desk.ts';
import { hiddenOf, type ModelFacts, networkName } from '../../desk/model-facts.ts';
import { type NeuronPlace, type Reading, readImage } from '../../desk/reading.ts';
import { networksInOrder, useNetwork } from '../../desk/use-reading.ts';
import { describeReadings } from './compare-readings.ts';
import styles from './Draw.module.css';
import { DrawnDigit } from './DrawnDigit.tsx';
import { useSamples } from './use-samples.ts';

/** A network with its prediction for the digit on the desk. */
interface NetworkReading {
  readonly id: NetworkId;
  readonly network: Network;
  readonly name: string;
  readonly reading: Reading | undefined;
}

/**
 * @param models networks of the trainer; the first one is selected at the start
 * @param samples address of a file with digits of MNIST's test set
 */
export default function Draw({
  models,
  samples: samplesAddress,
}: {
  models: readonly [ModelFacts, ModelFacts];
  samples: string;
}): JSX.Element {
  const desk = useDesk();
  const { sample, image, networks, selected } = desk;
  const [place, setPlace] = useState<NeuronPlace>();
  const { show, failure, reset } = useSamples(samplesAddress, models);
  const failures = [useNetwork(models[0], true), useNetwork(models[1], selected === 'wide'), failure];
  const readings = useMemo(
    () =>
      networksInOrder(networks).map(([id, network]) => ({
        id,
        network,
        name: networkName(id, hiddenOf(network)),
        reading: image && readImage(network, image),
      })),
    [networks, image],
  );
  const current = readings.find(({ id }) => id === selected);
  const others = readings.filter(({ id }) => id !== selected);
  // The neuron that was chosen in another network may not exist in this one.
  const neuron =
    place && current && place.neuron < (current.network.layers[place.layer] ?? 0) ? place : undefined;

  return (
    <DemoFrame
      title="Draw a digit"
      result={failures.find((text) => text !== undefined) ?? describeReadings(current, others, sample?.label)}
      onReset={() => {
        reset();
        setPlace(undefined);
        selectNetwork('ten');
      }}
      tries={[
        { text: 'A digit of MNIST’s test set', apply: () => void show('any') },
        { text: 'A digit that the two networks classify differently', apply: () => void show('different') },
        { text: 'Draw the same digit small, in a corner' },
      ]}
      more={current?.reading && <Arithmetic {...current} neuron={neuron} onChoose={setPlace} />}
    >
      <div class={styles['desk']}>
        <DrawnDigit desk={desk} />
        <Outputs current={current} others={others} neuron={neuron} onChoose={setPlace} />
      </div>
      <NetworkChoice desk={desk} models={models} />
    </DemoFrame>
  );
}

/** The probabilities of the selected network, beside those of the others. */
function Outputs({
  current,
  others,
  neuron,
  onChoose,
}: {
  current: NetworkReading | undefined;
  others: readonly NetworkReading[];
  neuron: NeuronPlace | undefined;
  onChoose: (place: NeuronPlace) => void;
}): JSX.Element {
  const shortName = ({ id, network }: NetworkReading) =>
    id === 'yours' ? 'yours' : `${hiddenOf(network)} hidden`;
  const layer = (current?.network.layers.length ?? 0) - 1;
  return (
    <figure class={styles['read']}>
      <figcaption class="label">Probabilities</figcaption>
      <Probabilities
        {...(current && { column: shortName(current) })}
        probabilities={current?.reading?.probabilities}
        others={others.map((other) => ({
          name: shortName(other),
          probabilities: other.reading?.probabilities,
        }))}
        chosen={neuron?.layer === layer ? neuron.neuron : undefined}
        {...(current?.reading && { onChoose: (digit: number) => onChoose({ layer, neuron: digit }) })}
      />
    </figure>
  );
}

/** A choice of the hidden neurons, and the arithmetic of the chosen neuron. */
function Arithmetic({
  network,
  reading,
  neuron,
  onChoose,
}: Pick<NetworkReading, 'network' | 'reading'> & {
  neuron: NeuronPlace | undefined;
  onChoose: (place: NeuronPlace) => void;
}): JSX.Element | null {
  if (!reading) return null;
  return (
    <>
      <NeuronChoice network={network} reading={reading} chosen={neuron} onChoose={onChoose} />
      {neuron ? (
        <NeuronPanel network={network} reading={reading} place={neuron} />
      ) : (
        <p class="note">Select a digit in the table or a hidden neuron to see its arithmetic.</p>
      )}
    </>
  );
}
