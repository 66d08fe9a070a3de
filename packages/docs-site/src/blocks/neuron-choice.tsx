import type { Network } from '@micronn/core';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { formatNumber } from '../desk/format-number.ts';
import type { NeuronPlace, Reading } from '../desk/reading.ts';
import styles from './neuron-choice.module.css';

/** The hidden neurons with their activations, as radio buttons. */
export function NeuronChoice({
  network,
  reading,
  chosen,
  onChoose,
}: {
  network: Network;
  reading: Reading;
  chosen: NeuronPlace | undefined;
  onChoose: (place: NeuronPlace) => void;
}): JSX.Element {
  const name = useId();
  const hidden = network.layers.slice(1, -1);
  const few = Math.max(...hidden) <= 16;
  return (
    <>
      {hidden.map((size, l) => {
        const values = reading.pass.a[l]!;
        const most = values.reduce((a, b) => Math.max(a, b), 0) || 1;
        return (
          <fieldset
            key={l}
            class={few ? styles['row'] : `${styles['row']} ${styles['many']}`}
            data-layer={l + 1}
          >
            <legend class="label">
              {hidden.length > 1 ? `Hidden layer ${l + 1}` : 'Hidden neurons'}, <i>a</i>
              <sub>{l + 1}</sub>
            </legend>
            {Array.from({ length: size }, (_, neuron) => {
              const value = values[neuron]!;
              return (
                <label
                  key={neuron}
                  class={styles['neuron']}
                  style={{ '--share': `${(value / most) * 100}%` }}
                >
                  <input
                    type="radio"
                    name={`${name}-${l}`}
                    aria-label={`Hidden neuron ${neuron}, ${value > 0 ? formatNumber(value, 2) : 'inactive'}`}
                    checked={chosen?.layer === l + 1 && chosen.neuron === neuron}
                    onInput={() => onChoose({ layer: l + 1, neuron })}
                  />
                  {few && (
                    <>
                      <span class={styles['index']}>{neuron}</span>
                      <span class={value > 0 ? styles['value'] : styles['inactive']}>
                        {formatNumber(value, 2)}
                      </span>
                    </>
                  )}
                </label>
              );
            })}
          </fieldset>
        );
      })}
    </>
  );
}
