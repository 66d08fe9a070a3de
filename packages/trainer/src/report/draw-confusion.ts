import { scaleLinear } from 'd3-scale';
import type { ClassScore } from './class-scores.ts';
import { drawColumns } from './draw-axes.ts';
import { shareTick } from './draw-curves.ts';
import { drawPlot, type PlotFrame, plotFrame, px, WIDTH } from './draw-plot.ts';
import { html, type Markup } from './html.ts';

/** The rows of both plots lie at the same height. */
const HEIGHT = 430;
const TOP = 40;
const BOTTOM = 4;

/** Longer names are cut, and whole in a title. */
const MOST_LETTERS = 12;
/** The width of a letter, about. */
const LETTER = 7;

/** One square per pair of label and prediction: the more images, the darker. For up to some twenty classes. */
export function drawConfusion(label: string, counts: Uint32Array, names: readonly string[]): Markup {
  const C = names.length;
  const margin = marginOf(names);
  // Names longer than a column's width stand upright.
  const upright = LETTER * longest(names) > (WIDTH - margin - 18) / C;
  const top = upright ? 18 + LETTER * longest(names) + 8 : TOP;
  const frame = plotFrame(WIDTH, HEIGHT + top - TOP, [top, 2, BOTTOM, margin + 16]);
  const { left, right, bottom } = frame;
  const wide = (right - left) / C;
  const high = (bottom - top) / C;
  const column = (k: number): number => left + (k % C) * wide;
  const row = (k: number): number => top + Math.floor(k / C) * high;
  const cells = Array.from(counts, (images, k) => ({ k, images, hit: k % C === Math.floor(k / C) }));
  const shade = (hit: boolean, colour: string): Markup => {
    const own = cells.filter((cell) => cell.hit === hit);
    const largest = own.reduce((most, { images }) => Math.max(most, images), 1);
    return html`<g fill="${colour}">${own.map(
      ({ k, images }) =>
        html`<rect x="${px(column(k) + 1)}" y="${px(row(k) + 1)}" width="${px(wide - 2)}" height="${px(high - 2)}" rx="3" fill-opacity="${opacity(images, largest)}"/>`,
    )}</g>`;
  };
  const centreX = px((left + right) / 2);
  const centreY = px((top + bottom) / 2);
  // Large numbers need room.
  const digits = Math.max(...cells.map(({ images }) => String(images).length));
  const size = Math.min(13, (1.6 * wide) / digits);
  return drawPlot(label, frame, [
    shade(true, 'var(--right)'),
    shade(false, 'var(--wrong)'),
    html`<g text-anchor="middle" fill="var(--ink)"${size < 13 && html` font-size="${px(size)}"`}>${cells.map(
      ({ k, images }) =>
        images > 0 &&
        html`<text x="${px(column(k) + wide / 2)}" y="${px(row(k) + high / 2)}" dy="0.32em">${images}</text>`,
    )}</g>`,
    html`<g text-anchor="middle" fill="currentColor"><text x="${centreX}" y="11">predicted</text><text transform="translate(11 ${centreY}) rotate(-90)">true</text></g>`,
    columnNames(names, { left, wide, y: top - (upright ? 6 : 9), upright }),
    rowNames(names, frame),
  ]);
}

/** The side of a square of a heat map, in CSS pixels. */
const SQUARE = 15;

/** A matrix of many classes at a readable size: only pairs that have images are drawn, each with a title. */
export function drawHeatMap(label: string, counts: Uint32Array, names: readonly string[]): Markup {
  const C = names.length;
  const margin = marginOf(names);
  const frame = plotFrame(margin + C * SQUARE + 4, margin + C * SQUARE + 4, [margin, 4, 4, margin]);
  const { left, top, width, height } = frame;
  const squares = (hit: boolean, colour: string): Markup => {
    const own: number[] = [];
    for (let k = 0; k < counts.length; k++)
      if (counts[k]! > 0 && (k % C === Math.floor(k / C)) === hit) own.push(k);
    const largest = own.reduce((most, k) => Math.max(most, counts[k]!), 1);
    return html`<g fill="${colour}">${own.map((k) => {
      const [row, column] = [Math.floor(k / C), k % C];
      return html`<rect x="${left + column * SQUARE + 1}" y="${top + row * SQUARE + 1}" width="${SQUARE - 2}" height="${SQUARE - 2}" rx="2" fill-opacity="${opacity(counts[k]!, largest)}"><title>true ${names[row]}, predicted ${names[column]}: ${counts[k]}</title></rect>`;
    })}</g>`;
  };
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}"><rect x="${left}" y="${top}" width="${C * SQUARE}" height="${C * SQUARE}" fill="var(--panel)"/>${squares(true, 'var(--right)')}${squares(false, 'var(--wrong)')}${columnNames(
    names,
    { left, wide: SQUARE, y: top - 6, upright: true },
  )}${rowNames(names, { ...frame, bottom: top + C * SQUARE })}</svg>`;
}

function opacity(images: number, largest: number): string {
  return (images === 0 ? 0.04 : 0.1 + 0.42 * Math.sqrt(images / largest)).toFixed(3);
}

/** Precision and recall of each class, as two marks on one line; a ratio that is undefined has no mark. */
export function drawClassScores(label: string, scores: readonly ClassScore[]): Markup {
  const names = scores.map(({ name }) => name);
  const margin = marginOf(names);
  const frame = plotFrame(WIDTH, HEIGHT, [TOP, 26, BOTTOM, margin + 14]);
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
    rowNames(names, { ...frame, left: margin + 4 }),
    marks,
  ]);
}

function longest(names: readonly string[]): number {
  return Math.min(MOST_LETTERS, Math.max(...names.map(({ length }) => length)));
}

/** Room for the names of rows. */
function marginOf(names: readonly string[]): number {
  return Math.max(24, 14 + LETTER * longest(names));
}

/** A name, cut if it is long; then the whole name is its title. */
function nameText(name: string): Markup {
  if (name.length <= MOST_LETTERS) return html`${name}`;
  return html`${name.slice(0, MOST_LETTERS - 1)}…<title>${name}</title>`;
}

/** The names on the left, one per row. */
function rowNames(names: readonly string[], { left, top, bottom }: PlotFrame): Markup {
  const high = (bottom - top) / names.length;
  return html`<g text-anchor="end" fill="currentColor">${names.map(
    (name, row) =>
      html`<text x="${left - 9}" y="${px(top + (row + 0.5) * high)}" dy="0.32em">${nameText(name)}</text>`,
  )}</g>`;
}

/** The names above the columns. */
function columnNames(
  names: readonly string[],
  { left, wide, y, upright }: { left: number; wide: number; y: number; upright: boolean },
): Markup {
  return html`<g text-anchor="${upright ? 'start' : 'middle'}" fill="currentColor">${names.map((name, k) => {
    const x = px(left + (k + 0.5) * wide);
    return upright
      ? html`<text transform="translate(${x} ${y}) rotate(-90)" dy="0.32em">${nameText(name)}</text>`
      : html`<text x="${x}" y="${y}">${nameText(name)}</text>`;
  })}</g>`;
}
