import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { NumberField } from '../../blocks/number-field.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import styles from './Architecture.module.css';
import { LayerPicture } from './layer-picture.tsx';
import {
  type Architecture as ArchitectureFacts,
  architectureOf,
  describeArchitecture,
  digits,
  layerNames,
  sizes,
  withHiddenLayers,
} from './layer-sizes.ts';

const MOST_HIDDEN = 2;

export default function Architecture(): JSX.Element {
  const [layers, setLayers] = useState(digits);
  const architecture = architectureOf(layers);
  const names = layerNames(layers);
  const hidden = layers.length - 2;
  return (
    <DemoFrame
      title="Layers, shapes and counts"
      result={describeArchitecture(architecture)}
      onReset={() => setLayers(digits)}
      tries={[
        { text: 'The worked example: 3-2-2', apply: () => setLayers([3, 2, 2]) },
        { text: 'A wider one: 784-128-10', apply: () => setLayers([784, 128, 10]) },
        { text: 'A deeper one: 784-128-64-10', apply: () => setLayers([784, 128, 64, 10]) },
      ]}
    >
      <div class={styles['fields']}>
        {layers.map((size, l) => (
          <NumberField
            key={names[l]}
            label={names[l]}
            value={size}
            min={sizes[0]}
            max={sizes[1]}
            step={1}
            decimals={0}
            onChange={(value) => Number.isInteger(value) && setLayers(layers.with(l, value))}
          />
        ))}
        <div class={styles['buttons']}>
          <button
            type="button"
            aria-disabled={hidden === MOST_HIDDEN}
            onClick={() => hidden < MOST_HIDDEN && setLayers(withHiddenLayers(layers, hidden + 1))}
          >
            Add a hidden layer
          </button>
          <button
            type="button"
            aria-disabled={hidden === 0}
            onClick={() => hidden > 0 && setLayers(withHiddenLayers(layers, hidden - 1))}
          >
            Remove a hidden layer
          </button>
        </div>
      </div>
      <LayerPicture layers={layers} />
      <TensorTable architecture={architecture} />
    </DemoFrame>
  );
}

/** The shape and the size of each tensor. */
function TensorTable({
  architecture: { tensors, parameters },
}: {
  architecture: ArchitectureFacts;
}): JSX.Element {
  return (
    <table class={styles['tensors']}>
      <caption class="sr-only">Weights and biases of each layer</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">rows</th>
          <th scope="col">columns</th>
          <th scope="col">numbers</th>
        </tr>
      </thead>
      <tbody>
        {tensors.map(({ name, rows, columns, count }) => (
          <tr key={name} data-tensor={name}>
            <th scope="row">
              <Formula of={name} />
            </th>
            {[rows, columns, count].map((value, k) => (
              <td key={k}>
                <Num value={value}>{value.toLocaleString('en')}</Num>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={3}>
            parameters
          </th>
          <td data-parameters>
            <Num value={parameters}>{parameters.toLocaleString('en')}</Num>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
