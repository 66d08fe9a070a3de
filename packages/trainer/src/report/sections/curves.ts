import { count, loss, seconds, share } from '../../console/format.ts';
import type { EpochMetrics } from '../../run-folder/metrics-files.ts';
import { dashes, drawCurves, type SetName } from '../draw-curves.ts';
import { html, type Markup, markup } from '../html.ts';
import { dataTable, tableBehind } from './tables.ts';

/** The plots and the table show an evenly spaced sample of a longer run. */
const MOST_EPOCHS = 600;

const titles: Readonly<Record<SetName, string>> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
};

/** Loss and accuracy, epoch by epoch. */
export function curvesSection(all: readonly EpochMetrics[], bestEpoch: number | undefined): Markup {
  const metrics = thinnedOut(all);
  const sets = (['train', 'validation', 'test'] as const).filter(
    (set) => all[0]![`${set}Loss`] !== undefined,
  );
  // The set whose loss decides which epoch is the best.
  const deciding = sets.includes('validation') ? 'validation' : 'train';
  const best = all.find(({ epoch }) => epoch === bestEpoch);
  const marked = best && ({ set: deciding, metrics: best } as const);
  const figure = (measure: 'Loss' | 'Accuracy', say: (value: number) => string): Markup => {
    const label = `${measure} by epoch. ${sets
      .map((set) => {
        const [first, last] = [all[0]!, all.at(-1)!].map((epoch) => say(epoch[`${set}${measure}`]!));
        return `${titles[set]}: ${first} after epoch ${count(all[0]!.epoch)}, ${last} after epoch ${count(all.at(-1)!.epoch)}`;
      })
      .join('; ')}.${best === undefined ? '' : ` Best epoch: ${count(best.epoch)}.`}`;
    return html`<figure class="plot-figure"><figcaption class="title">${measure}</figcaption>${drawCurves(label, metrics, sets, measure, marked)}</figure>`;
  };
  return html`<section aria-labelledby="curves">
<h2 id="curves">Loss and accuracy</h2>
<ul class="key">${sets.map((set) => html`<li>${lineKey(set)}${titles[set]}</li>`)}${
    best &&
    html`<li>${ringKey}best epoch: ${count(best.epoch)}, the lowest ${titles[deciding]} loss; saved in best.safetensors</li>`
  }</ul>
<div class="pair">${figure('Loss', loss)}${figure('Accuracy', share)}</div>
<p class="quiet small">Training loss and accuracy are measured during the epoch, each minibatch before its step${
    sets.length > 1
      ? `; ${sets
          .slice(1)
          .map((set) => titles[set])
          .join(' and ')} ${sets.length > 2 ? 'are' : 'is'} measured after the epoch`
      : ''
  }. Loss is the mean cross-entropy in nats.</p>
${tableBehind('Table of epochs', epochTable(metrics, sets, all.length))}
</section>`;
}

function epochTable(metrics: readonly EpochMetrics[], sets: readonly SetName[], epochs: number): Markup {
  const caption =
    metrics.length < epochs
      ? `${count(metrics.length)} of ${count(epochs)} epochs, evenly spaced; metrics.jsonl holds all of them`
      : 'After each epoch; metrics.jsonl holds the same numbers at full precision';
  return dataTable({
    id: 'epochs',
    caption,
    head: [
      'epoch',
      ...sets.flatMap((set) => [`${titles[set]} loss`, `${titles[set]} accuracy`]),
      'seconds',
      'images/s',
    ],
    rows: metrics.map((epoch) => [
      count(epoch.epoch),
      ...sets.flatMap((set) => [loss(epoch[`${set}Loss`]!), share(epoch[`${set}Accuracy`]!)]),
      seconds(epoch.seconds),
      count(epoch.samplesPerSecond),
    ]),
  });
}

/** The first epoch, the last, and evenly spaced ones between. */
export function thinnedOut(metrics: readonly EpochMetrics[]): readonly EpochMetrics[] {
  if (metrics.length <= MOST_EPOCHS) return metrics;
  const step = (metrics.length - 1) / (MOST_EPOCHS - 1);
  return Array.from({ length: MOST_EPOCHS }, (_, i) => metrics[Math.round(i * step)]!);
}

function lineKey(set: SetName): Markup {
  return markup(
    `<svg viewBox="0 0 24 12" aria-hidden="true"><path d="M0 6H24" fill="none" stroke="var(--${set})" stroke-width="2"${dashes[set] && ` stroke-dasharray="${dashes[set]}"`}/><circle cx="12" cy="6" r="3" fill="var(--${set})"/></svg>`,
  );
}

const ringKey = markup(
  '<svg viewBox="0 0 24 12" aria-hidden="true"><circle cx="12" cy="6" r="6" fill="none" stroke="var(--ink)" stroke-width="1.5"/></svg>',
);
