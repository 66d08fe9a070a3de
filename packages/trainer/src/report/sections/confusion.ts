import { count, share } from '../../console/format.ts';
import { CLASSES } from '../../data/samples.ts';
import type { DigitScore } from '../digit-scores.ts';
import { drawConfusion, drawDigitScores } from '../draw-confusion.ts';
import type { Findings } from '../findings.ts';
import { html, type Markup, markup } from '../html.ts';
import { dataTable, tableBehind } from './tables.ts';

/** The confusion matrix, and precision and recall of each digit. */
export function confusionSection({ counts, name, images }: Findings, scores: readonly DigitScore[]): Markup {
  const worst = mostFrequentMistake(counts);
  const confusionLabel = `Confusion matrix of ${count(images)} ${name} images. ${
    worst.images === 0
      ? 'Every image is classified correctly.'
      : `The most frequent mistake: true ${worst.digit}, predicted ${worst.predicted}, ${count(worst.images)} times.`
  }`;
  const recalls = scores.filter(({ recall }) => recall !== undefined);
  const lowest = recalls.toSorted((a, b) => a.recall! - b.recall!)[0]!;
  const scoresLabel = `Precision and recall of each digit. The lowest recall: ${lowest.digit}, ${share(lowest.recall!)}.`;
  return html`<section aria-labelledby="confusion">
<h2 id="confusion">Confusion matrix, precision and recall</h2>
<div class="pair">
<figure class="plot-figure"><figcaption class="title">Confusion matrix</figcaption>${drawConfusion(confusionLabel, counts, CLASSES)}</figure>
<figure class="plot-figure"><figcaption class="title">Precision and recall</figcaption>${drawDigitScores(scoresLabel, scores)}<ul class="key"><li>${dotKey('train', '<circle cx="12" cy="6" r="5"/>')}precision: correct share of the predictions</li><li>${dotKey('test', '<path d="M12 0L17 6L12 12L7 6Z"/>')}recall: correct share of the digit’s images</li></ul></figure>
</div>
${tableBehind(
  'The confusion matrix as a table',
  dataTable({
    id: 'confusion-matrix',
    caption: 'Row: true digit. Column: predicted digit',
    head: ['true', ...scores.map(({ digit }) => String(digit))],
    rows: scores.map(({ digit }) => [
      String(digit),
      ...Array.from(counts.subarray(digit * CLASSES, (digit + 1) * CLASSES), String),
    ]),
    isHit: (row, column) => column === row + 1,
  }),
)}
${tableBehind(
  'Precision, recall and support as a table',
  dataTable({
    id: 'digit-scores',
    caption: 'Support: number of images of the digit',
    head: ['digit', 'precision', 'recall', 'support', 'predicted'],
    rows: scores.map(({ digit, precision, recall, support, predicted }) => [
      String(digit),
      ratio(precision),
      ratio(recall),
      count(support),
      count(predicted),
    ]),
  }),
)}
</section>`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? '–' : share(value);
}

function mostFrequentMistake(counts: Uint32Array): { digit: number; predicted: number; images: number } {
  let worst = { digit: 0, predicted: 0, images: 0 };
  for (const [k, images] of counts.entries()) {
    const [digit, predicted] = [Math.floor(k / CLASSES), k % CLASSES];
    if (digit !== predicted && images > worst.images) worst = { digit, predicted, images };
  }
  return worst;
}

function dotKey(colour: string, shape: string): Markup {
  return markup(`<svg viewBox="0 0 24 12" aria-hidden="true"><g fill="var(--${colour})">${shape}</g></svg>`);
}
