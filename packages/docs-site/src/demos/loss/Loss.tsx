import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { NumberField } from '../../blocks/number-field.tsx';
import { Plot } from '../../blocks/plot.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { RadioGroup, twoClasses } from '../../blocks/radio-group.tsx';
import { formatAnySize, formatNumber } from '../../desk/format-number.ts';
import styles from './Loss.module.css';
import {
  describeLoss,
  type LossSettings,
  type LossState,
  lossCurve,
  lossDomain,
  lossState,
  withTrueProbability,
} from './loss-state.ts';

const curve = lossCurve();

/** @param start the probabilities and the label that the demo begins with */
export default function Loss({ start }: { start: LossSettings }): JSX.Element {
  const [settings, setSettings] = useState(start);
  const state = lossState(settings);
  const { label, loss } = state;
  const p = settings.a[label]!;
  const move = (wanted: number) => setSettings(withTrueProbability(settings, wanted));
  return (
    <DemoFrame
      title="What a probability costs"
      result={describeLoss(state)}
      onReset={() => setSettings(start)}
      tries={[
        { text: 'The worked example: true class 0', apply: () => setSettings({ ...start, label: 0 }) },
        { text: 'The worked example: true class 1', apply: () => setSettings({ ...start, label: 1 }) },
        { text: 'Confident and correct: 0.99', apply: () => move(0.99) },
        { text: 'Confident and wrong: 0.01', apply: () => move(0.01) },
        { text: 'Probability 0', apply: () => move(0) },
      ]}
    >
      <div class={styles['fields']}>
        <RadioGroup
          legend="True class"
          class={styles['labels']}
          options={twoClasses}
          chosen={label}
          onChoose={(chosen) => setSettings({ ...settings, label: chosen })}
        />
        <NumberField
          label={
            <>
              <Formula of="a2" />[{label}]
            </>
          }
          of="a2"
          // The slider rounds to five digits; the table below has the full precision.
          value={Number(p.toFixed(5))}
          min={0}
          max={1}
          step={0.001}
          decimals={3}
          onChange={move}
        />
      </div>
      <Plot
        height={260}
        x={{ label: 'probability of the true class', domain: [0, 1] }}
        y={{ label: 'loss', domain: lossDomain, ticks: 7 }}
        series={[
          { kind: 'line', of: 'loss', points: curve },
          { kind: 'dots', of: 'loss', points: loss <= lossDomain[1] ? [[p, loss]] : [] },
        ]}
        onDrag={(x) => move(Math.round(x * 1000) / 1000)}
        description={`The curve of −log p, which falls from infinity at p = 0 to 0 at p = 1. The dot is at p = ${formatNumber(p, 3)}, where the loss is ${formatAnySize(loss, 3)}.`}
      />
      <TermsTable state={state} />
    </DemoFrame>
  );
}

function TermsTable({ state: { rows, loss } }: { state: LossState }): JSX.Element {
  return (
    <table class={styles['terms']}>
      <caption class="sr-only">The terms of the loss</caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          {['y', 'a2', 'log a2', '−y · log a2'].map((formula) => (
            <th key={formula} scope="col">
              <Formula of={formula} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ y, a, log, term }, k) => (
          <tr key={k} data-class={k}>
            <th scope="row">{k}</th>
            <td>
              <Num value={y} of="y">
                {formatNumber(y, 0)}
              </Num>
            </td>
            <td>
              <Num value={a} of="a2">
                {formatNumber(a)}
              </Num>
            </td>
            <td>
              <Num value={log}>{formatAnySize(log)}</Num>
            </td>
            <td>
              <Num value={term} of="loss">
                {y === 0 ? '0' : formatAnySize(term)}
              </Num>
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={4}>
            sum: the loss
          </th>
          <td data-loss>
            <Num value={loss} of="loss">
              {formatAnySize(loss)}
            </Num>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
