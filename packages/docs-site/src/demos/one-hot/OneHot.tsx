import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import styles from './OneHot.module.css';
import { describeOneHot, labels, type OneHotSetup, oneHotState } from './one-hot-state.ts';

/** @param setups output layers of different sizes; it begins with the first */
export default function OneHot({ setups }: { setups: readonly OneHotSetup[] }): JSX.Element {
  const id = useId();
  const [chosen, choose] = useState({ at: 0, label: setups[0]!.label });
  const state = oneHotState(setups[chosen.at]!, chosen.label);
  return (
    <DemoFrame
      title="A label as a vector"
      result={describeOneHot(state)}
      onReset={() => choose({ at: 0, label: setups[0]!.label })}
      tries={setups.map(({ name, label }, at) => ({ text: name, apply: () => choose({ at, label }) }))}
    >
      <fieldset class={styles['labels']}>
        <legend>The label</legend>
        {labels.map((label) => (
          <label key={label} class={styles['label']}>
            <input
              type="radio"
              name={`${id}-label`}
              value={label}
              checked={label === chosen.label}
              onInput={() => choose({ ...chosen, label })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <fieldset class={styles['labels']}>
        <legend>How many classes there are</legend>
        {setups.map(({ probabilities: { length } }, at) => (
          <label key={length} class={styles['label']}>
            <input
              type="radio"
              name={`${id}-classes`}
              value={length}
              checked={at === chosen.at}
              onInput={() => choose({ ...chosen, at })}
            />
            {length}
          </label>
        ))}
      </fieldset>
      {state.refusal === undefined && (
        <table class={styles['vectors']}>
          <caption class="sr-only">The label’s vector over the probabilities</caption>
          <thead>
            <tr>
              <th scope="col">class</th>
              <th scope="col">
                <Formula of="y" />
              </th>
              <th scope="col">
                <Formula of="a2" />
              </th>
              <th scope="col">
                <Formula of="y · a2" />
              </th>
            </tr>
          </thead>
          <tbody>
            {state.rows.map(({ y, a, product }, k) => (
              <tr key={k} data-class={k} class={y === 1 ? styles['hot'] : undefined}>
                <th scope="row">{k}</th>
                <td>
                  <Num value={y} of="y">
                    {formatNumber(y, 0)}
                  </Num>
                </td>
                <td>
                  <Num value={a} of="a2">
                    {formatNumber(a, 3)}
                  </Num>
                </td>
                <td>
                  <Num value={product} of="a2">
                    {y === 0 ? '0' : formatNumber(product, 3)}
                  </Num>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                sum: the probability of the true class
              </th>
              <td>
                <Num value={state.sum} of="a2">
                  {formatNumber(state.sum, 3)}
                </Num>
              </td>
            </tr>
          </tfoot>
        </table>
      )}
    </DemoFrame>
  );
}
