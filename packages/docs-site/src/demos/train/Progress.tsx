import type { JSX } from 'preact';
import { Plot } from '../../blocks/plot.tsx';
import { Num } from '../../blocks/quantity.tsx';
import { formatNumber, formatPercent, formatRate } from '../../desk/format-number.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { confusionOf } from './confusion.ts';
import { curveOf, lossDomain } from './marks.ts';
import type { RunView } from './run.ts';
import styles from './Train.module.css';
import { Weights } from './Weights.tsx';

/** Numbers, curves, weights and confusion matrix of a run. */
export function Progress({ view, labels }: { view: RunView; labels: Uint8Array }): JSX.Element {
  const { rows, wrong, worst } = confusionOf(view.predictions, labels);
  const total = labels.length.toLocaleString('en');
  return (
    <>
      <Facts view={view} />
      <Curves view={view} />
      <Weights view={view} />
      <div class={styles['confusion']}>
        <ConfusionTable rows={rows} />
        <p class="note">
          {worst
            ? `${wrong} of ${total} are misclassified. Most frequent: true ${worst.label}, predicted ${worst.prediction}, ${worst.count} times.`
            : 'No test image is misclassified.'}
        </p>
      </div>
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
