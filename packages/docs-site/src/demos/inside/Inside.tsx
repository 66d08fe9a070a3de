import type { Network } from '@micronn/core';
import { layerViews } from '@micronn/core';
import type { ComponentChildren, JSX } from 'preact';
import { useId, useMemo, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { DigitPad } from '../../blocks/digit-pad.tsx';
import { NetworkChoice } from '../../blocks/network-choice.tsx';
import type { NeuronPlace } from '../../blocks/neuron-panel.tsx';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import { clearDesk, draw, putYours, selectNetwork, useDesk } from '../../desk/desk.ts';
import { formatBytes, formatNumber, formatPercent } from '../../desk/format-number.ts';
import { hiddenOf, type ModelFacts } from '../../desk/model-facts.ts';
import { pixelContributions, type Reading, readImage } from '../../desk/reading.ts';
import { useNetwork } from '../../desk/use-reading.ts';
import { describeContributions } from './describe-contributions.ts';
import styles from './Inside.module.css';
import { decodeModelFile, encodeModelFile, type ModelFormat, modelFormats } from './model-file.ts';

/** A file is never asked for more than this: the largest network of a page has a hundredth of it. */
const MAX_FILE_BYTES = 64e6;

const formatWords: Readonly<Record<ModelFormat, string>> = {
  safetensors: 'safetensors',
  json: 'JSON',
  npz: 'NumPy .npz',
};

/**
 * @param models what the trainer trained, the one to begin with first
 * @param example the image of a digit to look at before anything is drawn, and which one it is
 */
export default function Inside({
  models,
  example,
}: {
  models: readonly [ModelFacts, ModelFacts];
  example: { readonly image: readonly number[]; readonly label: number };
}): JSX.Element {
  const desk = useDesk();
  const { drawing, sample, networks, selected } = desk;
  const [chosen, setChosen] = useState<NeuronPlace>({ layer: 1, neuron: 0 });
  const [message, setMessage] = useState<string>();
  const trouble = [useNetwork(models[0], true), useNetwork(models[1], selected === 'wide'), message].find(
    (text) => text !== undefined,
  );
  const exampleImage = useMemo(() => Uint8Array.from(example.image), [example]);
  const image = desk.image ?? exampleImage;
  const network = networks[selected];
  const reading = useMemo(() => (network ? readImage(network, image) : undefined), [network, image]);
  const place =
    network && chosen.neuron < (network.layers[chosen.layer] ?? 0) ? chosen : { layer: 1, neuron: 0 };
  const isOutput = network !== undefined && place.layer === network.layers.length - 1;
  const contributions =
    network && reading && pixelContributions(network, reading.pass, place.layer, place.neuron);

  async function bringIn(file: File): Promise<void> {
    try {
      if (file.size > MAX_FILE_BYTES) {
        throw new Error(`expected at most ${formatBytes(MAX_FILE_BYTES)}, got ${formatBytes(file.size)}`);
      }
      const brought = decodeModelFile(new Uint8Array(await file.arrayBuffer()));
      await putYours(brought);
      selectNetwork('yours');
      setMessage(`${file.name} is here: ${brought.layers.join(' → ')}, and it reads this digit now.`);
    } catch (error) {
      setMessage(`${file.name} could not be brought in: ${(error as Error).message}.`);
    }
  }

  return (
    <DemoFrame
      title="Inside the network"
      result={
        trouble ??
        (contributions ? describeContributions(place, isOutput, contributions) : 'The network is on its way.')
      }
      onReset={() => {
        clearDesk();
        selectNetwork('ten');
        setChosen({ layer: 1, neuron: 0 });
        setMessage(undefined);
      }}
      tries={[
        ...(reading && network
          ? [
              {
                text: `What speaks for the ${reading.digit}`,
                apply: () => {
                  setMessage(undefined);
                  setChosen({ layer: network.layers.length - 1, neuron: reading.digit });
                },
              },
            ]
          : []),
        { text: 'Draw a digit of your own' },
        { text: 'Take the weights out, change a number, bring them in again' },
      ]}
      more={network && <Files network={network} onFile={(file) => void bringIn(file)} />}
    >
      <NetworkChoice desk={desk} models={models} />
      {network && reading && contributions && (
        <>
          <Neurons
            network={network}
            reading={reading}
            chosen={place}
            onChoose={(next) => {
              setMessage(undefined);
              setChosen(next);
            }}
          />
          <div class={styles['pictures']}>
            <figure>
              <figcaption class="label">
                {sample
                  ? `MNIST’s ${sample.label}`
                  : desk.image
                    ? 'Your digit'
                    : `MNIST’s ${example.label}, or draw one`}
              </figcaption>
              <PixelImage of="x" values={image} most={255} description="The digit as 28 by 28 pixels" />
            </figure>
            <span class={styles['operator']} aria-hidden="true">
              ⊙
            </span>
            <figure>
              <figcaption class="label">
                {isOutput ? `Looked for, for a ${place.neuron}` : `Weights of neuron ${place.neuron}`}
              </figcaption>
              <PixelImage
                of="W1"
                values={contributions.weights}
                description={
                  isOutput
                    ? `What each pixel counts for a ${place.neuron}`
                    : `Weights of hidden neuron ${place.neuron}`
                }
              />
            </figure>
            <span class={styles['operator']} aria-hidden="true">
              =
            </span>
            <figure>
              <figcaption class="label">What each pixel adds</figcaption>
              <PixelImage
                of={isOutput ? 'z2' : 'z1'}
                values={contributions.perPixel}
                description="What each pixel adds"
              />
            </figure>
          </div>
          <details class={styles['paper']}>
            <summary>Draw another digit</summary>
            <div class={styles['pad']}>
              <DigitPad drawing={drawing} onDraw={draw} />
              <button type="button" onClick={() => clearDesk()}>
                Clear
              </button>
            </div>
          </details>
        </>
      )}
    </DemoFrame>
  );
}

/** Hidden neurons by their weights, and the ten outputs: one of them all is chosen. */
function Neurons({
  network,
  reading,
  chosen,
  onChoose,
}: {
  network: Network;
  reading: Reading;
  chosen: NeuronPlace;
  onChoose: (place: NeuronPlace) => void;
}): JSX.Element {
  const name = useId();
  const last = network.layers.length - 1;
  const { W, inputs, outputs } = layerViews(network.parameters, network.layers)[0]!;
  const values = reading.pass.a[0]!;
  // One array for each image, so that an image is painted when its network changes and not when its value does.
  const rows = useMemo(
    () => Array.from({ length: outputs }, (_, j) => W.subarray(j * inputs, (j + 1) * inputs)),
    [network],
  );
  const isChosen = (layer: number, neuron: number) => chosen.layer === layer && chosen.neuron === neuron;
  return (
    <div class={styles['neurons']}>
      <fieldset class={outputs > 16 ? `${styles['hidden']} ${styles['many']}` : styles['hidden']}>
        <legend class="label">
          {outputs} hidden neurons by their weights{last > 2 && ', first layer'}
        </legend>
        {rows.map((row, j) => (
          <NeuronRadio
            key={j}
            name={name}
            label={`Hidden neuron ${j}, ${values[j]! > 0 ? `active with ${formatNumber(values[j]!, 2)}` : 'silent'}`}
            isChosen={isChosen(1, j)}
            onChoose={() => onChoose({ layer: 1, neuron: j })}
          >
            <PixelImage of="W1" values={row} />
            <span class={values[j]! > 0 ? styles['awake'] : styles['silent']}>
              {formatNumber(values[j]!, 1)}
            </span>
          </NeuronRadio>
        ))}
      </fieldset>
      <fieldset class={styles['outputs']}>
        <legend class="label">Outputs</legend>
        {Array.from(reading.probabilities, (probability, digit) => (
          <NeuronRadio
            key={digit}
            name={name}
            label={`Output ${digit}, ${formatPercent(probability)}`}
            isChosen={isChosen(last, digit)}
            onChoose={() => onChoose({ layer: last, neuron: digit })}
          >
            <b>{digit}</b>
            <span class={styles['share']}>{formatPercent(probability)}</span>
          </NeuronRadio>
        ))}
      </fieldset>
    </div>
  );
}

/** A neuron as a tile of its group: the group is one stop of the Tab key, and arrows go on within it. */
function NeuronRadio({
  name,
  label,
  isChosen,
  onChoose,
  children,
}: {
  name: string;
  label: string;
  isChosen: boolean;
  onChoose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <label class={styles['neuron']}>
      <input type="radio" name={name} aria-label={label} checked={isChosen} onInput={onChoose} />
      {children}
    </label>
  );
}

/** Weights out as a file, and in again. */
function Files({ network, onFile }: { network: Network; onFile: (file: File) => void }): JSX.Element {
  const id = useId();
  return (
    <div class={styles['files']}>
      <p class="label" id={`${id}-out`}>
        Take these weights out
      </p>
      <fieldset class={styles['formats']} aria-labelledby={`${id}-out`}>
        {modelFormats.map((format) => (
          <button
            key={format}
            type="button"
            onClick={() => save(encodeModelFile(network, format), `micronn-${hiddenOf(network)}.${format}`)}
          >
            {formatWords[format]}
          </button>
        ))}
      </fieldset>
      <label class="label" for={`${id}-in`}>
        Bring some in
      </label>
      <input
        id={`${id}-in`}
        type="file"
        accept=".safetensors,.json,.npz"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) onFile(file);
          // The same file may be chosen again once it has been changed.
          currentTarget.value = '';
        }}
      />
    </div>
  );
}

/** Hands bytes to the browser as a file to keep. */
function save(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
