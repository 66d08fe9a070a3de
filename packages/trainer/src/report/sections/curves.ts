import { count, loss, seconds, share } from '../../console/format.ts';
import type { EpochMetrics } from '../../run-folder/metrics-files.ts';
import { html, type Markup, markup } from '../html.ts';
import { drawCurves, type SetName } from '../plots.ts';
import { dataTable, tableBehind } from './tables.ts';

/** A longer run is thinned out: a page of a million rows helps nobody. */
const MOST_EPOCHS = 600;

const titles: Readonly<Record<SetName, string>> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
};

/** Loss and accuracy, epoch by epoch. */
export function curvesSection(all: readonly EpochMetrics[]): Markup {
  const metrics = thinnedOut(all);
  const sets = (['train', 'validation', 'test'] as const).filter(
    (set) => all[0]![`${set}Loss`] !== undefined,
  );
  const figure = (measure: 'Loss' | 'Accuracy', say: (value: number) => string): Markup => {
    const label = `${measure} by epoch. ${sets
      .map((set) => {
        const [first, last] = [all[0]!, all.at(-1)!].map((epoch) => say(epoch[`${set}${measure}`]!));
        return `${titles[set]}: ${first} after epoch 1, ${last} after epoch ${count(all.length)}`;
      })
      .join('; ')}.`;
    return html`<figure class="plot-figure"><figcaption class="title">${measure}</figcaption>${drawCurves(label, metrics, sets, measure)}</figure>`;
  };
  return html`<section aria-labelledby="curves">
<h2 id="curves">Loss and accuracy</h2>
<ul class="key">${sets.map((set, i) => html`<li>${lineKey(set, i > 0)}${titles[set]}</li>`)}</ul>
<div class="pair">${figure('Loss', loss)}${figure('Accuracy', share)}</div>
<p class="quiet small">Training is measured while it goes on, each minibatch before its own step${
    sets.length > 1
      ? `; ${sets
          .slice(1)
          .map((set) => titles[set])
          .join(' and ')} after the epoch`
      : ''
  }. Loss is the mean cross-entropy in nats.</p>
${tableBehind('Every epoch as a table', epochTable(metrics, sets, all.length))}
</section>`;
}

function epochTable(metrics: readonly EpochMetrics[], sets: readonly SetName[], epochs: number): Markup {
  const caption =
    metrics.length < epochs
      ? `${count(metrics.length)} of ${count(epochs)} epochs, evenly spaced; metrics.jsonl has them all`
      : 'After each epoch; metrics.jsonl has the same numbers with all their digits';
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

/** The first, the last, and evenly spaced ones between them. */
export function thinnedOut(metrics: readonly EpochMetrics[]): readonly EpochMetrics[] {
  if (metrics.length <= MOST_EPOCHS) return metrics;
  const step = (metrics.length - 1) / (MOST_EPOCHS - 1);
  return Array.from({ length: MOST_EPOCHS }, (_, i) => metrics[Math.round(i * step)]!);
}

function lineKey(set: SetName, dashed: boolean): Markup {
  return markup(
    `<svg viewBox="0 0 24 12" aria-hidden="true"><path d="M0 6H24" fill="none" stroke="var(--${set})" stroke-width="2"${dashed ? ' stroke-dasharray="6 4"' : ''}/><circle cx="12" cy="6" r="3" fill="var(--${set})"/></svg>`,
  );
}
