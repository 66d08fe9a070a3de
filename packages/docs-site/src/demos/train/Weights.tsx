import { layerViews } from '@micronn/core';
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import type { RunView } from './run.ts';
import styles from './Train.module.css';

/** The largest number of hidden neurons whose weights are shown. */
const SHOWN = 32;

/** The hidden neurons' weights as images, or their changes since the start of the run. */
export function Weights({
  view: { network, untrained },
  width,
  height,
}: {
  view: RunView;
  width: number;
  height: number;
}): JSX.Element {
  const name = useId();
  const [isChange, setIsChange] = useState(false);
  const { W, outputs, inputs } = layerViews(network.parameters, network.layers)[0]!;
  const before = layerViews(untrained.parameters, untrained.layers)[0]!.W;
  const values = isChange ? W.map((weight, k) => weight - before[k]!) : W;
  const option = (value: boolean, words: string) => (
    <label>
      <input type="radio" name={name} checked={isChange === value} onInput={() => setIsChange(value)} />{' '}
      {words}
    </label>
  );
  return (
    <div>
      <fieldset class={styles['choice']}>
        <legend class="label">
          Weights of the hidden neurons{outputs > SHOWN && `, the first ${SHOWN} of ${outputs}`}
        </legend>
        {option(false, 'current values')}
        {option(true, 'changes by training')}
      </fieldset>
      <div class={styles['weights']}>
        {Array.from({ length: Math.min(outputs, SHOWN) }, (_, j) => (
          <PixelImage
            key={j}
            of="W1"
            side={width}
            height={height}
            values={values.subarray(j * inputs, (j + 1) * inputs)}
            description={`${isChange ? 'Changes of the weights' : 'Weights'} of hidden neuron ${j}`}
          />
        ))}
      </div>
    </div>
  );
}
