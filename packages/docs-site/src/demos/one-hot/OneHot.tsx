import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { RadioGroup } from '../../blocks/radio-group.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import styles from './OneHot.module.css';
import { describeOneHot, labels, type OneHotSetup, type OneHotState, oneHotState } from './one-hot-state.ts';

/** @param setups output layers of different sizes; the demo starts with the first */
export default function OneHot({ setups }: { setups: readonly OneHotSetup[] }): JSX.Element {
  const [chosen, choose] = useState({ at: 0, label: setups[0]!.label });
  const state = oneHotState(setups[chosen.at]!, chosen.label);
  return (
    <DemoFrame
      title="A label as a vector"
      result={describeOneHot(state)}
      onReset={() => choose({ at: 0, label: setups[0]!.label })}
      tries={setups.map(({ name, label }, at) => ({ text: name, apply: () => choose({ at, label }) }))}
    >
      <RadioGroup
        legend="Label"
        class={styles['labels']}
        optionClass={styles['label']}
        options={labels.map((label) => [label, String(label)])}
        chosen={chosen.label}
        onChoose={(label) => choose({ ...chosen, label })}
      />
      <RadioGroup
        legend="Number of classes"
        class={styles['labels']}
        optionClass={styles['label']}
        options={setups.map(({ probabilities }) => [probabilities.length, String(probabilities.length)])}
        chosen={state.C}
        onChoose={(count) =>
          choose({ ...chosen, at: setups.findIndex(({ probabilities }) => probabilities.length === count) })
        }
      />
      {state.refusal === undefined && <VectorTable state={state} />}
    </DemoFrame>
  );
}

/** y, a2 and their product for each class. */
function VectorTable({ state: { rows, sum } }: { state: OneHotState }): JSX.Element {
  return (
    <table class={styles['vectors']}>
      <caption class="sr-only">The one-hot vector beside the probabilities</caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          {['y', 'a2', 'y · a2'].map((formula) => (
            <th key={formula} scope="col">
              <Formula of={formula} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ y, a, product }, k) => (
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
            <Num value={sum} of="a2">
              {formatNumber(sum, 3)}
            </Num>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
