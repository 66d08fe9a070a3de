import type { JSX } from 'preact';
import { Plot } from '../../blocks/plot.tsx';
import { Num } from '../../blocks/quantity.tsx';
import { formatNumber, formatPercent, formatRate } from '../../desk/format-number.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { confusionOf, type Pair } from './confusion.ts';
import type { Digits } from './digits.ts';
import { curveOf, lossDomain } from './marks.ts';
import type { RunView } from './run.ts';
import styles from './Train.module.css';
import { Weights } from './Weights.tsx';

/** A table of more classes is too wide for the page. */
const MOST_IN_TABLE = 12;

/** Numbers, curves, weights and confusion matrix of a run. */
export function Progress({ view, data }: { view: RunView; data: Digits }): JSX.Element {
  const { names, test } = data;
  const { labels } = test;
  const { rows, wrong, worst, pairs } = confusionOf(view.predictions, labels, names.length);
  const total = labels.length.toLocaleString('en');
  return (
    <>
      <Facts view={view} />
      <Curves view={view} />
      <Weights view={view} width={data.width} height={data.height} />
      <div class={styles['confusion']}>
        {names.length <= MOST_IN_TABLE ? (
          <ConfusionTable rows={rows} names={names} />
        ) : (
          <WorstPairs pairs={pairs} names={names} />
        )}
        <p class="note">
          {worst
            ? `${wrong} of ${total} are misclassified. Most frequent: true ${names[worst.label]}, predicted ${names[worst.prediction]}, ${worst.count} times.`
            : 'No test image is misclassified.'}
        </p>
      </div>
    </>
  );
}

/** The most frequent mistakes, where a table would have too many columns to be read. */
function WorstPairs({ pairs, names }: { pairs: readonly Pair[]; names: readonly string[] }): JSX.Element {
  return (
    <>
      <p class="label">The most frequent mistakes</p>
      <ol class={styles['pairs']} data-pairs>
        {pairs.slice(0, 12).map(({ label, prediction, count }) => (
          <li key={`${label} ${prediction}`}>
            true {names[label]}, predicted {names[prediction]}: {count}
          </li>
        ))}
      </ol>
    </>
  );
}

function Facts({ view: { now, perSecond } }: { view: RunView }): JSX.Element {
  const facts: readonly (readonly [string, JSX.Element | string])[] = [
    ['epochs', formatNumber(now.epochs, 2)],
    ['steps', now.steps.toLocaleString('en')],
    [
      'test loss',
      <Num value={now.testLoss} of="loss">
        {formatNumber(now.testLoss, 4)}
      </Num>,
    ],
    [
      'test accuracy',
      <Num value={now.testAccuracy} of="a2">
        {formatPercent(now.testAccuracy)}
      </Num>,
    ],
    ['images per second', perSecond === undefined ? '–' : formatRate(perSecond)],
  ];
  return (
    <dl class={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-fact={name}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Loss and accuracy over the epochs, of training and test. */
function Curves({ view: { marks, now } }: { view: RunView }): JSX.Element {
  const x = { label: 'epochs', domain: [0, Math.max(1, Math.ceil(now.epochs))] as const };
  const epochs = `over ${formatNumber(now.epochs, 1)} epochs`;
  const first = marks[0]!;
  const series = (of: 'loss' | 'a2', name: string, train: 'trainLoss' | 'trainAccuracy') => {
    const test = train === 'trainLoss' ? 'testLoss' : 'testAccuracy';
    return [
      { kind: 'line', of, label: `training ${name}`, points: curveOf(marks, train) },
      { kind: 'line', of, label: `test ${name}`, dashed: true, points: curveOf(marks, test) },
    ] as const;
  };
  return (
    <div class={styles['plots']}>
      <Plot
        height={220}
        x={x}
        y={{ label: 'loss', domain: lossDomain(marks), ticks: 4 }}
        series={series('loss', 'loss', 'trainLoss')}
        description={`Loss ${epochs}: the test loss went from ${formatNumber(first.testLoss, 3)} to ${formatNumber(now.testLoss, 3)}.`}
      />
      <Plot
        height={220}
        x={x}
        y={{ label: 'accuracy', domain: [0, 1], ticks: 5 }}
        series={series('a2', 'accuracy', 'trainAccuracy')}
        description={`Accuracy ${epochs}: the test accuracy went from ${formatPercent(first.testAccuracy)} to ${formatPercent(now.testAccuracy)}.`}
      />
    </div>
  );
}
