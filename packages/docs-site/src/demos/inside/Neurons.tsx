import { layerViews, type Network } from '@micronn/core';
import type { ComponentChildren, JSX } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import { formatNumber, formatPercent } from '../../desk/format-number.ts';
import type { NeuronPlace, Reading } from '../../desk/reading.ts';
import styles from './Inside.module.css';

/** The hidden neurons of the first layer by their weights, and the ten outputs, as one choice. */
export function Neurons({
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
  // The same array for each image as long as the network is the same, so that its image is painted only once.
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
            label={`Hidden neuron ${j}, ${values[j]! > 0 ? `active with ${formatNumber(values[j]!, 2)}` : 'inactive'}`}
            isChosen={isChosen(1, j)}
            onChoose={() => onChoose({ layer: 1, neuron: j })}
          >
            <PixelImage of="W1" values={row} />
            <span class={values[j]! > 0 ? styles['active'] : styles['inactive']}>
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

/** A neuron as a radio button: the Tab key reaches the group, the arrow keys move within it. */
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
