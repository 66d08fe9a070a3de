import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { NumberField } from '../../blocks/number-field.tsx';
import { Plot, type Series } from '../../blocks/plot.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { RadioGroup } from '../../blocks/radio-group.tsx';
import { formatNumber, formatPercent, formatShort } from '../../desk/format-number.ts';
import {
  countRises,
  type Descent,
  type DescentSettings,
  type DescentSetup,
  descend,
  descentStart,
  describeDescent,
  mostSteps,
} from './descent.ts';
import styles from './GradientDescent.module.css';

/** @param setup the network and the sample of the worked example, and the tutorial's learning rate */
export default function GradientDescent({ setup }: { setup: DescentSetup }): JSX.Element {
  const [settings, setSettings] = useState<DescentSettings>(descentStart(setup));
  const change = (part: Partial<DescentSettings>) => setSettings({ ...settings, ...part });
  const descent = useMemo(() => descend(setup, settings), [setup, settings]);
  return (
    <DemoFrame
      title="Down the slope of the loss"
      result={describeDescent(descent)}
      onReset={() => setSettings(descentStart(setup))}
      tries={[
        { text: 'A hundred steps on one sample', apply: () => change({ samples: 'one', steps: 100 }) },
        {
          text: 'Four samples at once',
          apply: () => setSettings({ samples: 'four', learningRate: setup.learningRate, steps: mostSteps }),
        },
        {
          text: 'A learning rate that is too low',
          apply: () => setSettings({ samples: 'four', learningRate: 0.01, steps: mostSteps }),
        },
        {
          text: 'A learning rate that is too high',
          apply: () => setSettings({ samples: 'four', learningRate: 3, steps: 100 }),
        },
      ]}
    >
      <SettingsFields settings={settings} onChange={change} />
      <LossPath descent={descent} usualRate={setup.learningRate} />
      <EndsTable descent={descent} />
      <ParameterChanges descent={descent} />
      <p class="note">Changed values are shaded. A parameter with gradient 0 does not change.</p>
    </DemoFrame>
  );
}

/** The loss after each step, beside that of the tutorial's learning rate if the reader chose another one. */
function LossPath({ descent, usualRate }: { descent: Descent; usualRate: number }): JSX.Element {
  const { losses, usual, settings } = descent;
  const rate = formatShort(settings.learningRate);
  const path = (values: readonly number[]) => values.map((loss, step) => [step, loss] as const);
  const series: Series[] = [
    { kind: 'line', of: 'loss', label: `learning rate ${rate}`, points: path(losses) },
    { kind: 'dots', of: 'loss', points: [path(losses).at(-1)!] },
  ];
  if (settings.learningRate !== usualRate) {
    series.unshift({
      kind: 'line',
      of: 'y',
      label: `learning rate ${formatShort(usualRate)}`,
      points: path(usual),
      dashed: true,
    });
  }
  const rises = countRises(losses);
  return (
    <Plot
      height={240}
      x={{ label: 'step', domain: [0, Math.max(settings.steps, 10)] }}
      y={{ label: 'loss', domain: [0, Math.max(1, ...losses, ...usual) * 1.05], ticks: 4 }}
      series={series}
      description={`The loss over ${settings.steps} steps with learning rate ${rate}, from ${formatNumber(losses[0]!)} to ${formatNumber(losses.at(-1)!)}, highest at ${formatNumber(Math.max(...losses))}; it rises ${rises === 1 ? 'once' : `${rises} times`}.`}
    />
  );
}

const sampleSets = [
  ['one', 'the worked example'],
  ['four', 'four'],
] as const;

function SettingsFields({
  settings,
  onChange,
}: {
  settings: DescentSettings;
  onChange: (part: Partial<DescentSettings>) => void;
}): JSX.Element {
  return (
    <div class={styles['fields']}>
      <NumberField
        label="Learning rate"
        value={settings.learningRate}
        min={0.01}
        max={5}
        step={0.01}
        onChange={(learningRate) => onChange({ learningRate })}
      />
      <NumberField
        label="Steps"
        value={settings.steps}
        min={0}
        max={mostSteps}
        step={1}
        decimals={0}
        of="loss"
        onChange={(steps) => onChange({ steps: Math.round(steps) })}
      />
      <RadioGroup
        legend="Samples"
        class={styles['samples']}
        options={sampleSets}
        chosen={settings.samples}
        onChoose={(samples) => onChange({ samples })}
      />
    </div>
  );
}

/** Loss, probabilities and correct predictions before and after. */
function EndsTable({ descent: { before, after, labels, settings } }: { descent: Descent }): JSX.Element {
  return (
    <table class={styles['ends']}>
      <caption class="sr-only">Before and after</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">before</th>
          <th scope="col">after {settings.steps === 1 ? '1 step' : `${settings.steps} steps`}</th>
        </tr>
      </thead>
      <tbody>
        <tr data-end="loss">
          <th scope="row">
            <Formula of="loss" />
          </th>
          {[before, after].map(({ loss }, k) => (
            <td key={k}>
              <Num value={loss} of="loss">
                {formatNumber(loss)}
              </Num>
            </td>
          ))}
        </tr>
        {before.a2.map((_, k) => (
          <tr key={k} data-end={`a2[${k}]`}>
            <th scope="row">
              <Formula of="a2" />[{k}]{k === labels[0] && <span class={styles['truth']}>true class</span>}
            </th>
            {[before, after].map(({ a2 }, end) => (
              <td key={end}>
                <Num value={a2[k]!} of="a2">
                  {formatPercent(a2[k]!)}
                </Num>
              </td>
            ))}
          </tr>
        ))}
        {labels.length > 1 && (
          <tr data-end="right">
            <th scope="row">correct</th>
            {[before, after].map(({ correct }, k) => (
              <td key={k}>
                <Num value={correct}>{`${correct} of ${labels.length}`}</Num>
              </td>
            ))}
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** The parameters before and after, with the changed ones shaded. */
function ParameterChanges({ descent: { before, after } }: { descent: Descent }): JSX.Element {
  return (
    <div class={styles['parameters']}>
      {(
        [
          ['W1', 3],
          ['b1', 1],
          ['W2', 2],
          ['b2', 1],
        ] as const
      ).map(([name, columns]) => (
        <div key={name} class={styles['change']} data-parameter={name}>
          <MatrixTable of={name} values={before[name]} columns={columns} />
          <span class={styles['arrow']} aria-hidden="true">
            →
          </span>
          <MatrixTable
            of={name}
            values={after[name]}
            columns={columns}
            lit={after[name].flatMap((value, k) => (value === before[name][k] ? [] : [k]))}
          />
        </div>
      ))}
    </div>
  );
}
