import type { Network } from '@micronn/core';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { DigitPad } from '../../blocks/digit-pad.tsx';
import { NetworkChoice } from '../../blocks/network-choice.tsx';
import { NeuronChoice } from '../../blocks/neuron-choice.tsx';
import { NeuronPanel, type NeuronPlace } from '../../blocks/neuron-panel.tsx';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import { Probabilities } from '../../blocks/probabilities.tsx';
import {
  clearDesk,
  draw,
  fetchNetwork,
  type NetworkId,
  selectNetwork,
  showSample,
  useDesk,
} from '../../desk/desk.ts';
import { hiddenOf, type ModelFacts, networkName } from '../../desk/model-facts.ts';
import { withAction } from '../../desk/pen.ts';
import { describeReading, type Reading, readImage } from '../../desk/reading.ts';
import { parseSamples } from '../../desk/samples.ts';
import { networksInOrder, useNetwork } from '../../desk/use-reading.ts';
import type { Samples } from '../../desk/worker/messages.ts';
import { compareReadings, disagreements, nextPlace } from './compare-readings.ts';
import styles from './Draw.module.css';

/** What the 28 × 28 image shows while there is none. */
const BLANK = new Uint8Array(784);

/**
 * @param models what the trainer trained, the one to begin with first
 * @param samples address of some of MNIST's test digits
 */
export default function Draw({
  models,
  samples: samplesAddress,
}: {
  models: readonly [ModelFacts, ModelFacts];
  samples: string;
}): JSX.Element {
  const desk = useDesk();
  const { drawing, sample, image, networks, selected } = desk;
  const [place, setPlace] = useState<NeuronPlace>();
  const [samples, setSamples] = useState<Samples>();
  const [shown, setShown] = useState(-1);
  const [failure, setFailure] = useState<string>();
  const trouble = [useNetwork(models[0], true), useNetwork(models[1], selected === 'wide'), failure].find(
    (text) => text !== undefined,
  );

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
  const shortName = ({ id, network }: { id: NetworkId; network: Network }) =>
    id === 'yours' ? 'yours' : `${hiddenOf(network)} hidden`;
  const others = readings.filter(({ id }) => id !== selected);
  // A neuron that was chosen in another network may not be there in this one.
  const neuron =
    place && current && place.neuron < (current.network.layers[place.layer] ?? 0) ? place : undefined;

  async function show(next: 'any' | 'different'): Promise<void> {
    try {
      const known = samples ?? (await fetchSamples(samplesAddress));
      setSamples(known);
      let i = (shown + STRIDE) % known.labels.length;
      if (next === 'different') {
        const both = await Promise.all(models.map(({ id, address }) => fetchNetwork(id, address)));
        i = nextPlace(disagreements(known, both), shown);
      }
      setShown(i);
      showSample({ image: known.images.slice(784 * i, 784 * (i + 1)), label: known.labels[i]! });
    } catch (error) {
      setFailure(`It did not work: ${(error as Error).message}.`);
    }
  }

  function reset(): void {
    clearDesk();
    setPlace(undefined);
    setShown(-1);
    setFailure(undefined);
    selectNetwork('ten');
  }

  return (
    <DemoFrame
      title="Draw a digit"
      result={trouble ?? describe(current, others, sample?.label)}
      onReset={reset}
      tries={[
        { text: 'A digit of MNIST’s test set', apply: () => void show('any') },
        { text: 'One that the two networks read differently', apply: () => void show('different') },
        { text: 'Draw the same digit small, in a corner' },
      ]}
      more={
        current?.reading && (
          <>
            <NeuronChoice
              network={current.network}
              reading={current.reading}
              chosen={neuron}
              onChoose={setPlace}
            />
            {neuron ? (
              <NeuronPanel network={current.network} reading={current.reading} place={neuron} />
            ) : (
              <p class="note">Press a digit of the table, or a hidden neuron, and its arithmetic unfolds.</p>
            )}
          </>
        )
      }
    >
      <div class={styles['desk']}>
        <figure class={styles['drawing']}>
          <figcaption class="label">{sample ? `MNIST’s ${sample.label}` : 'Your drawing'}</figcaption>
          {sample ? (
            <PixelImage
              of="y"
              values={sample.image}
              most={255}
              description={`A ${sample.label} of MNIST’s test set`}
            />
          ) : (
            <DigitPad drawing={drawing} onDraw={draw} />
          )}
          <div class={styles['buttons']}>
            {sample ? (
              <button type="button" onClick={() => clearDesk()}>
                Draw one myself
              </button>
            ) : (
              <>
                <button
                  type="button"
                  aria-disabled={drawing.strokes.length === 0}
                  onClick={() => draw(withAction(drawing, { kind: 'undo' }))}
                >
                  Undo
                </button>
                <button
                  type="button"
                  aria-disabled={drawing.strokes.length === 0}
                  onClick={() => clearDesk()}
                >
                  Clear
                </button>
              </>
            )}
          </div>
        </figure>
        <figure class={styles['seen']}>
          <figcaption class="label">
            What it sees, <span class="note">28 × 28</span>
          </figcaption>
          <PixelImage
            of="x"
            values={image ?? BLANK}
            most={255}
            description={image ? 'The digit as 28 by 28 pixels' : 'No digit yet'}
          />
        </figure>
        <figure class={styles['read']}>
          <figcaption class="label">What it makes of it</figcaption>
          <Probabilities
            {...(current && { column: shortName(current) })}
            probabilities={current?.reading?.probabilities}
            others={others.map((other) => ({
              name: shortName(other),
              probabilities: other.reading?.probabilities,
            }))}
            chosen={neuron?.layer === (current?.network.layers.length ?? 0) - 1 ? neuron?.neuron : undefined}
            {...(current?.reading && {
              onChoose: (digit: number) =>
                setPlace({ layer: current.network.layers.length - 1, neuron: digit }),
            })}
          />
        </figure>
      </div>
      <NetworkChoice desk={desk} models={models} />
    </DemoFrame>
  );
}

/** From one digit of the set to the next: they are ordered by class, ten of each, and this visits them all. */
const STRIDE = 11;

interface NamedReading {
  readonly name: string;
  readonly reading: Reading | undefined;
}

/** What became of the digit, in a sentence or two. */
function describe(
  current: NamedReading | undefined,
  others: readonly NamedReading[],
  label?: number,
): string {
  if (!current?.reading) return 'Nothing to read yet: draw a digit from 0 to 9.';
  const there = [current, ...others].flatMap(({ name, reading }) => (reading ? [{ name, reading }] : []));
  const truth = label === undefined ? undefined : `It is a ${label}.`;
  return [describeReading(current.name, current.reading), compareReadings(there), truth]
    .filter((sentence) => sentence !== undefined)
    .join(' ');
}

async function fetchSamples(address: string): Promise<Samples> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the digits did not come: ${response.status}`);
  return parseSamples(new Uint8Array(await response.arrayBuffer()));
}
