import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { NumberField } from '../../blocks/number-field.tsx';
import { Plot } from '../../blocks/plot.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { formatAnySize, formatPercent } from '../../desk/format-number.ts';
import styles from './Softmax.module.css';
import {
  describeSoftmax,
  exponentialCurve,
  type SoftmaxSettings,
  type SoftmaxSteps,
  softmaxStart,
  softmaxSteps,
} from './softmax-steps.ts';

/** @param scores the initial scores, one for each class */
export default function Softmax({ scores }: { scores: readonly number[] }): JSX.Element {
  const [settings, setSettings] = useState<SoftmaxSettings>(softmaxStart(scores));
  const change = (part: Partial<SoftmaxSettings>) => setSettings({ ...settings, ...part });
  const steps = softmaxSteps(settings);
  const exponent = settings.subtractMaximum ? 'z − max' : 'z';
  return (
    <DemoFrame
      title="Scores into probabilities"
      result={describeSoftmax(steps)}
      onReset={() => setSettings(softmaxStart(scores))}
      tries={[
        { text: 'Three scores: 1, 2, 3', apply: () => change({ scores: [1, 2, 3], shift: 0 }) },
        { text: 'Add 700 to every score', apply: () => change({ shift: 700 }) },
        { text: 'Add 1000: it overflows', apply: () => change({ shift: 1000, subtractMaximum: false }) },
        { text: 'Subtract the maximum', apply: () => change({ subtractMaximum: true }) },
      ]}
    >
      <div class={styles['fields']}>
        {settings.scores.map((score, k) => (
          <NumberField
            key={k}
            label={
              <>
                <Formula of="z2" />[{k}]
              </>
            }
            of="z2"
            value={score}
            min={-10}
            max={10}
            step={0.001}
            decimals={3}
            onChange={(value) => change({ scores: settings.scores.with(k, value) })}
          />
        ))}
        <NumberField
          label="Add to all"
          value={settings.shift}
          min={-1000}
          max={1000}
          step={1}
          decimals={0}
          onChange={(shift) => change({ shift })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={settings.subtractMaximum}
            onInput={({ currentTarget }) => change({ subtractMaximum: currentTarget.checked })}
          />
          Subtract the largest score first
        </label>
      </div>
      <StepsTable steps={steps} exponent={exponent} />
      <ExponentialPlot steps={steps} exponent={exponent} />
    </DemoFrame>
  );
}

/** Scores, exponentials and their shares for each class. */
function StepsTable({ steps, exponent }: { steps: SoftmaxSteps; exponent: string }): JSX.Element {
  const total = steps.probabilities.reduce((a, b) => a + b, 0);
  return (
    <table class={styles['steps']}>
      <caption class="sr-only">Softmax step by step</caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col">{exponent}</th>
          <th scope="col">exponential</th>
          <th scope="col">÷ sum</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {steps.probabilities.map((probability, k) => (
          <tr key={k} data-class={k}>
            <th scope="row">{k}</th>
            <td>
              <Num value={steps.exponents[k]!} of="z2">
                {formatAnySize(steps.exponents[k]!, 3)}
              </Num>
            </td>
            <td>
              <Num value={steps.exponentials[k]!}>{formatAnySize(steps.exponentials[k]!)}</Num>
            </td>
            <td>
              <Num value={probability} of="a2">
                {Number.isNaN(probability) ? 'NaN' : formatPercent(probability)}
              </Num>
            </td>
            <Bar share={Number.isNaN(probability) ? 0 : probability} />
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            sum
          </th>
          <td>
            <Num value={steps.sum}>{formatAnySize(steps.sum)}</Num>
          </td>
          <td>
            {steps.overflows ? (
              <span class={styles['overflow']}>overflow</span>
            ) : (
              <Num value={total} of="a2">
                {formatPercent(total)}
              </Num>
            )}
          </td>
          <td />
        </tr>
      </tfoot>
    </table>
  );
}

function Bar({ share }: { share: number }): JSX.Element {
  return (
    <td class={styles['bar']}>
      <svg width="100%" height="12" aria-hidden="true">
        <rect class={styles['track']} width="100%" height="12" rx="3" />
        <rect class={styles['fill']} width={`${share * 100}%`} height="12" rx="3" />
      </svg>
    </td>
  );
}

/** The exponential function with the scores, unless a score is out of range. */
function ExponentialPlot({ steps, exponent }: { steps: SoftmaxSteps; exponent: string }): JSX.Element | null {
  const curve = exponentialCurve(steps);
  if (!curve) return null;
  return (
    <Plot
      height={220}
      x={{ label: exponent, domain: curve.domain }}
      y={{ label: 'exponential', domain: curve.range, ticks: 4 }}
      series={[
        { kind: 'line', of: 'y', points: curve.curve },
        { kind: 'dots', of: 'z2', points: curve.dots },
      ]}
      description={`The exponential function, with the scores on it at ${curve.dots
        .map(([x, y]) => `${formatAnySize(x, 3)}, where it is ${formatAnySize(y, 3)}`)
        .join('; ')}.`}
    />
  );
}
