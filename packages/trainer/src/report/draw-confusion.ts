import * as Plot from '@observablehq/plot';
import type { DigitScore } from './digit-scores.ts';
import { drawPlot, percentTick } from './draw-plot.ts';
import type { Markup } from './html.ts';

/** One square per pair of label and prediction: the more images, the darker. */
export function drawConfusion(label: string, counts: Uint32Array, C: number): Markup {
  const cells = Array.from(counts, (images, k) => ({
    digit: Math.floor(k / C),
    predicted: k % C,
    images,
  }));
  const right = cells.filter(({ digit, predicted }) => digit === predicted);
  const wrong = cells.filter(({ digit, predicted }) => digit !== predicted);
  const most = (of: typeof cells): number => Math.max(1, ...of.map(({ images }) => images));
  const shade = (of: typeof cells, colour: string) => {
    const largest = most(of);
    return Plot.cell(of, {
      x: 'predicted',
      y: 'digit',
      fill: colour,
      fillOpacity: ({ images }: { images: number }) =>
        images === 0 ? 0.04 : 0.1 + 0.42 * Math.sqrt(images / largest),
      inset: 1,
      rx: 3,
    });
  };
  return drawPlot(label, {
    height: 430,
    marginLeft: 40,
    marginTop: 40,
    marginRight: 2,
    marginBottom: 4,
    x: {
      axis: 'top',
      label: 'predicted',
      labelAnchor: 'center',
      labelArrow: 'none',
      tickSize: 0,
      padding: 0,
    },
    y: { label: 'true', labelAnchor: 'center', labelArrow: 'none', tickSize: 0, padding: 0 },
    opacity: { type: 'identity' },
    marks: [
      shade(right, 'var(--right)'),
      shade(wrong, 'var(--wrong)'),
      Plot.text(
        cells.filter(({ images }) => images > 0),
        {
          x: 'predicted',
          y: 'digit',
          text: ({ images }: { images: number }) => String(images),
          fill: 'var(--ink)',
        },
      ),
    ],
  });
}

/** Precision and recall of each digit, as two marks on one line. */
export function drawDigitScores(label: string, scores: readonly DigitScore[]): Markup {
  const known = scores.filter(
    (score): score is DigitScore & { precision: number; recall: number } =>
      score.precision !== undefined && score.recall !== undefined,
  );
  const values = known.flatMap(({ precision, recall }) => [precision, recall]);
  const lowest = Math.floor(Math.min(0.95, ...values) * 20) / 20;
  return drawPlot(label, {
    height: 430,
    marginLeft: 28,
    insetLeft: 10,
    marginTop: 40,
    marginRight: 26,
    marginBottom: 4,
    x: {
      axis: 'top',
      label: null,
      grid: true,
      domain: [lowest, 1],
      ticks: 5,
      tickFormat: percentTick([lowest, 1]),
    },
    y: { type: 'band', domain: scores.map(({ digit }) => digit), label: null, tickSize: 0 },
    marks: [
      Plot.link(known, {
        x1: 'precision',
        x2: 'recall',
        y1: 'digit',
        y2: 'digit',
        stroke: 'var(--line)',
        strokeWidth: 5,
      }),
      Plot.dot(known, { x: 'precision', y: 'digit', r: 5.5, fill: 'var(--train)', symbol: 'circle' }),
      Plot.dot(known, { x: 'recall', y: 'digit', r: 5, fill: 'var(--test)', symbol: 'diamond' }),
    ],
  });
}
