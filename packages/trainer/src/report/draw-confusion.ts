import { scaleLinear } from 'd3-scale';
import type { DigitScore } from './digit-scores.ts';
import { drawColumns } from './draw-axes.ts';
import { shareTick } from './draw-curves.ts';
import { drawPlot, type PlotFrame, plotFrame, px, WIDTH } from './draw-plot.ts';
import { html, type Markup } from './html.ts';

/** The rows of both plots lie at the same height. */
const HEIGHT = 430;
const TOP = 40;
const BOTTOM = 4;

/** One square per pair of label and prediction: the more images, the darker. */
export function drawConfusion(label: string, counts: Uint32Array, C: number): Markup {
  const frame = plotFrame(WIDTH, HEIGHT, [TOP, 2, BOTTOM, 40]);
  const { left, right, top, bottom } = frame;
  const wide = (right - left) / C;
  const high = (bottom - top) / C;
  const column = (k: number): number => left + (k % C) * wide;
  const row = (k: number): number => top + Math.floor(k / C) * high;
  const cells = Array.from(counts, (images, k) => ({ k, images, hit: k % C === Math.floor(k / C) }));
  const shade = (hit: boolean, colour: string): Markup => {
    const own = cells.filter((cell) => cell.hit === hit);
    const largest = own.reduce((most, { images }) => Math.max(most, images), 1);
    const opacity = (images: number): number =>
      images === 0 ? 0.04 : 0.1 + 0.42 * Math.sqrt(images / largest);
    return html`<g fill="${colour}">${own.map(
      ({ k, images }) =>
        html`<rect x="${px(column(k) + 1)}" y="${px(row(k) + 1)}" width="${px(wide - 2)}" height="${px(high - 2)}" rx="3" fill-opacity="${opacity(images).toFixed(3)}"/>`,
    )}</g>`;
  };
  const centreX = px((left + right) / 2);
  const centreY = px((top + bottom) / 2);
  const digits = Array.from({ length: C }, (_, digit) => digit);
  return drawPlot(label, frame, [
    shade(true, 'var(--right)'),
    shade(false, 'var(--wrong)'),
    html`<g text-anchor="middle" fill="var(--ink)">${cells.map(
      ({ k, images }) =>
        images > 0 &&
        html`<text x="${px(column(k) + wide / 2)}" y="${px(row(k) + high / 2)}" dy="0.32em">${images}</text>`,
    )}</g>`,
    html`<g text-anchor="middle" fill="currentColor"><text x="${centreX}" y="11">predicted</text><text transform="translate(11 ${centreY}) rotate(-90)">true</text>${digits.map(
      (digit) => html`<text x="${px(column(digit) + wide / 2)}" y="${TOP - 9}">${digit}</text>`,
    )}</g>`,
    rowNames(digits, frame),
  ]);
}

/** Precision and recall of each digit, as two marks on one line; a ratio that is undefined has no mark. */
export function drawDigitScores(label: string, scores: readonly DigitScore[]): Markup {
  const frame = plotFrame(WIDTH, HEIGHT, [TOP, 26, BOTTOM, 38]);
  const high = (frame.bottom - frame.top) / scores.length;
  const values = scores.flatMap(({ precision, recall }) => [precision ?? 1, recall ?? 1]);
  const lowest = Math.floor(Math.min(0.95, ...values) * 20) / 20;
  const x = scaleLinear([lowest, 1], [frame.left, frame.right]);
  const marks = scores.map(({ precision, recall }, row) => {
    const y = px(frame.top + (row + 0.5) * high);
    const [p, r] = [precision, recall].map((value) => (value === undefined ? undefined : px(x(value))));
    return html`${p !== undefined && r !== undefined && html`<path stroke="var(--line)" stroke-width="5" stroke-linecap="round" d="M${p} ${y}H${r}"/>`}${
      p !== undefined && html`<circle cx="${p}" cy="${y}" r="5.5" fill="var(--train)"/>`
    }${r !== undefined && html`<path fill="var(--test)" d="M${r} ${px(y - 6.5)}l5 6.5l-5 6.5l-5 -6.5z"/>`}`;
  });
  return drawPlot(label, frame, [
    drawColumns(x, x.ticks(5), shareTick(x), frame),
    rowNames(
      scores.map(({ digit }) => digit),
      { ...frame, left: 28 },
    ),
    marks,
  ]);
}

/** The digits on the left, one per row. */
function rowNames(digits: readonly number[], { left, top, bottom }: PlotFrame): Markup {
  const high = (bottom - top) / digits.length;
  return html`<g text-anchor="end" fill="currentColor">${digits.map(
    (digit, row) =>
      html`<text x="${left - 9}" y="${px(top + (row + 0.5) * high)}" dy="0.32em">${digit}</text>`,
  )}</g>`;
}
