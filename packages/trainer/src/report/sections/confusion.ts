import { count, share } from '../../console/format.ts';
import { type ClassScore, confusedPairs, lowestRecallFirst } from '../class-scores.ts';
import { drawClassScores, drawConfusion, drawHeatMap } from '../draw-confusion.ts';
import { type Findings, nounsOf } from '../findings.ts';
import { html, type Markup, markup } from '../html.ts';
import { dataTable, tableBehind } from './tables.ts';

/** More classes are drawn without numbers. */
const MOST_NUMBERED = 20;
/** Of more classes, only the pairs that are confused are listed. */
const MOST_DRAWN = 100;
/** A matrix of more classes is no table. */
const MOST_IN_TABLE = 50;
const PAIRS = 12;
const MANY_PAIRS = 36;

/** The confusion matrix, and precision and recall of each class. */
export function confusionSection(findings: Findings, scores: readonly ClassScore[]): Markup {
  const { counts, noun } = findings;
  const C = scores.length;
  const pairs = confusedPairs(counts, scores, C <= MOST_NUMBERED ? PAIRS : MANY_PAIRS);
  const shown = C <= MOST_NUMBERED ? scores : lowestRecallFirst(scores).slice(0, MOST_NUMBERED);
  const recalls = lowestRecallFirst(scores);
  const lowest = recalls[0]!;
  const all = nounsOf(noun);
  const scoresLabel = `Precision and recall of ${shown.length < C ? `the ${shown.length} ${all} with the lowest recall` : `each ${noun}`}. The lowest recall: ${lowest.name}, ${share(lowest.recall!)}.`;
  return html`<section aria-labelledby="confusion">
<h2 id="confusion">Confusion matrix, precision and recall</h2>
${C > MOST_NUMBERED && matrixFigure(findings, scores, pairs)}
<div class="pair">
${C <= MOST_NUMBERED && matrixFigure(findings, scores, pairs)}
<figure class="plot-figure"><figcaption class="title">Precision and recall${shown.length < C && `: the ${shown.length} ${all} with the lowest recall`}</figcaption>${drawClassScores(scoresLabel, shown)}<ul class="key"><li>${dotKey('train', '<circle cx="12" cy="6" r="5"/>')}precision: correct share of the predictions</li><li>${dotKey('test', '<path d="M12 0L17 6L12 12L7 6Z"/>')}recall: correct share of the ${noun}’s images</li></ul></figure>
</div>
${pairs.length > 0 && html`<h3>Most frequent mistakes</h3><ol class="pairs">${pairs.map(({ label, prediction, images, support }) => html`<li>true ${label}, predicted <b>${prediction}</b>: ${count(images)} of ${count(support)}</li>`)}</ol>`}
${C <= MOST_IN_TABLE && tableBehind('The confusion matrix as a table', matrixTable(findings, scores))}
${tableBehind(
  'Precision, recall and support as a table',
  dataTable({
    id: 'class-scores',
    caption: `Support: number of images of the ${noun}${C > MOST_NUMBERED ? '. The lowest recall comes first' : ''}`,
    head: [noun, 'precision', 'recall', 'support', 'predicted'],
    rows: (C > MOST_NUMBERED ? recalls : scores).map(({ name, precision, recall, support, predicted }) => [
      name,
      ratio(precision),
      ratio(recall),
      count(support),
      count(predicted),
    ]),
  }),
)}
</section>`;
}

function matrixFigure(
  { counts, images, name }: Findings,
  scores: readonly ClassScore[],
  [worst]: ReturnType<typeof confusedPairs>,
): Markup | undefined {
  const names = scores.map(({ name: each }) => each);
  const C = names.length;
  if (C > MOST_DRAWN) return undefined;
  const label = `Confusion matrix of ${count(images)} ${name} images. ${
    worst === undefined
      ? 'Every image is classified correctly.'
      : `The most frequent mistake: true ${worst.label}, predicted ${worst.prediction}, ${count(worst.images)} times.`
  }`;
  const title = html`<figcaption class="title">Confusion matrix</figcaption>`;
  if (C <= MOST_NUMBERED) {
    return html`<figure class="plot-figure">${title}${drawConfusion(label, counts, names)}</figure>`;
  }
  return html`<figure class="plot-figure">${title}<div class="heat" tabindex="0" role="region" aria-label="Confusion matrix">${drawHeatMap(label, counts, names)}</div><figcaption>Each square is a pair of classes with images: correct ones in blue, mistakes in red. Point at a square for its names and its number.</figcaption></figure>`;
}

function matrixTable({ counts, noun }: Findings, scores: readonly ClassScore[]): Markup {
  const C = scores.length;
  return dataTable({
    id: 'confusion-matrix',
    caption: `Row: true ${noun}. Column: predicted ${noun}`,
    head: ['true', ...scores.map(({ name }) => name)],
    rows: scores.map(({ name, output }) => [
      name,
      ...Array.from(counts.subarray(output * C, (output + 1) * C), String),
    ]),
    isHit: (row, column) => column === row + 1,
  });
}

function ratio(value: number | undefined): string {
  return value === undefined ? '–' : share(value);
}

function dotKey(colour: string, shape: string): Markup {
  return markup(`<svg viewBox="0 0 24 12" aria-hidden="true"><g fill="var(--${colour})">${shape}</g></svg>`);
}
