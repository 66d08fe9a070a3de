import { assertImage } from '../shapes.ts';
import { type Component, findComponents } from './components.ts';
import { extractInk } from './extract-ink.ts';
import type { Box } from './ink-box.ts';
import { close, dilate, type Levels, open } from './morphology.ts';
import { resample } from './resample.ts';
import { toGrey } from './to-grey.ts';

/** The drawing of a picture. */
export interface Drawing {
  /** From 0 (no ink) to 255, (height, width). */
  readonly ink: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** How the ink was found: against one colour of paper, or against the paper around each pixel. */
  readonly paper: 'even' | 'uneven';
  /** Why the ink must not be classified; undefined if it may be. */
  readonly problem?: 'paper';
}

/** A picture with a shorter side is no photograph; its paper counts as even. */
const LEAST_SIDE = 64;

/** The longer side of the picture in which the ink is searched, in pixels. */
const WORK_SIDE = 288;

/** The window of the closing, as a share of the shorter side. Wider than any pen, narrower than a shadow. */
const WINDOW = 0.26;

/** The least contrast of ink and the paper around it. */
const LEAST_CONTRAST = 0.2;

/** A component as long as this share of the picture's side is a line of the paper or a frame. */
const LINE_SPAN = 0.8;

/** A component with less than this share of the largest one's pixels is a speck. */
const SPECK = 1 / 50;

/** A component whose line is thinner than this share of the widest is no stroke of the same pen. */
const THIN = 0.4;

/** A digit has at most this many parts. */
const MOST_PARTS = 4;

/** Full ink is this quantile of the pixels that are darker than paper; half-covered pixels are paler. */
const INK_QUANTILE = 0.8;

/** A pixel belongs to the ink from this share of full ink. */
const INK_SHARE = 0.6;

/** Beside an even drawing, lines and frames are what takes more than this share of the ink away. */
const REMOVED_INK = 0.02;

/** A pen is at least this many times as wide as the lines of the paper. */
const PEN_TO_LINE = 1.2;

/** Half the width of the thickest line of ruled paper, in pixels. */
const MOST_LINE_RADIUS = 4;

/**
 * The ink of a drawing or a photograph, also where the paper is not of one colour: in a shadow, soft or hard, on a
 * darker desk, in a frame, with ruled lines or squares.
 *
 * A drawing on even paper has the ink of {@link extractInk}, byte for byte, and so has any picture below 64 pixels a
 * side. Otherwise the picture is reduced to 288 pixels and turned to grey, and the ink of a pixel is its contrast:
 *
 *   contrast = (paper − grey) / paper
 *
 * with the paper from the closing of the image, whose window is wider than a pen and narrower than a shadow. Otsu's
 * threshold separates ink from paper. Of the connected components, those go that belong to the edge of the picture or
 * have a thinner line than the pen. As long as lines cross the whole picture, openings remove them.
 *
 * Dark ink on lighter paper is expected there. Where a drawing cannot be told from its paper, `problem` is 'paper'.
 *
 * Shapes: rgba is (height, width, 4) with alpha not premultiplied; the ink has the size in the result.
 *
 * Sources: N. Otsu, A threshold selection method from gray-level histograms, 1979; P. Soille, Morphological Image
 * Analysis, 2nd edition
 *
 * @throws ShapeError when rgba does not have 4 · width · height values
 */
export function extractDrawing(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): Drawing {
  assertImage('extractDrawing', 'rgba', rgba, width, height, 4);
  const plain = { ink: extractInk(rgba, width, height), width, height, paper: 'even' } as const;
  if (Math.min(width, height) < LEAST_SIDE) return plain;
  const photograph = (): Drawing => {
    const grey = toGrey(rgba);
    const dark = isLight(plain.ink, grey) ? grey.map((level) => 255 - level) : grey;
    return findInk(contrastOf(workImage(dark, width, height)));
  };
  if (!isEven(plain.ink, width, height)) return photograph();
  // Lines and frames are left to remove. What has none keeps its bytes.
  const levels = workImage(plain.ink, width, height);
  const found = findInk({ ...levels, values: levels.values.map((level) => level / 255) });
  if (found.problem !== undefined) {
    // The edge of a shadow is as sharp as ink. Of a drawing that the picture crops, the closing leaves no clear ink.
    const other = photograph();
    return other.problem === undefined ? other : plain;
  }
  const near = dilate({ ...levels, values: Float32Array.from(found.ink) }, 8).values;
  const removed = levels.values.filter((level, k) => level >= 32 && near[k] === 0);
  const share =
    removed.reduce((sum, level) => sum + level, 0) / levels.values.reduce((sum, level) => sum + level, 1);
  return share > REMOVED_INK ? found : plain;
}

/** More light than this on dark is no ink, but a sheet on a desk. */
const MOST_LIGHT = 0.35;

/** Whether the ink is light on darker paper. */
function isLight(ink: Uint8Array, grey: Uint8Array): boolean {
  let most = 0;
  for (const level of ink) if (level > most) most = level;
  let [inked, inkSum, sum] = [0, 0, 0];
  for (let k = 0; k < ink.length; k++) {
    sum += grey[k]!;
    if (4 * ink[k]! < most) continue;
    inked++;
    inkSum += grey[k]!;
  }
  if (inked === 0 || inked > MOST_LIGHT * ink.length) return false;
  return inkSum / inked > (sum - inkSum) / (ink.length - inked);
}

/** Whether all but the ink is of one colour without noise, as in a drawing that no camera took. */
function isEven(ink: Uint8Array, width: number, height: number): boolean {
  let most = 0;
  for (const level of ink) if (level > most) most = level;
  const isInk = Float32Array.from(ink, (level) => (4 * level >= most ? 1 : 0));
  const reach = Math.max(2, Math.round(Math.max(width, height) / 40));
  const near = dilate({ values: isInk, width, height }, reach).values;
  const inside = dilate({ values: isInk.map((value) => 1 - value), width, height }, 2).values;
  let [flat, paper, uneven, full, pale] = [0, 0, 0, 0, 0];
  for (let k = 0; k < ink.length; k++) {
    if (ink[k]! <= 1) flat++;
    if (near[k] === 0) {
      paper++;
      if (ink[k]! > 4) uneven++;
    }
    if (inside[k] === 0) {
      full++;
      if (4 * ink[k]! < 3 * most) pale++;
    }
  }
  // Soft edges reach a little into the paper.
  return (
    flat >= 0.3 * ink.length && uneven <= 0.03 * paper && (pale <= 0.5 * full || uneven <= 0.002 * paper)
  );
}

function workImage(grey: Uint8Array, width: number, height: number): Levels {
  const shrink = Math.max(1, Math.max(width, height) / WORK_SIDE);
  const toWidth = Math.max(1, Math.round(width / shrink));
  const toHeight = Math.max(1, Math.round(height / shrink));
  const values = Float32Array.from(resample(grey, width, height, toWidth, toHeight));
  return { values, width: toWidth, height: toHeight };
}

/** Otsu's threshold. */
function otsu(values: Float32Array): number {
  const counts = new Uint32Array(256);
  let sum = 0;
  for (const value of values) {
    const bin = Math.min(255, Math.max(0, Math.floor(value * 255)));
    counts[bin]!++;
    sum += bin;
  }
  let [below, sumBelow, best, at] = [0, 0, -1, 0];
  for (let bin = 0; bin < 255; bin++) {
    below += counts[bin]!;
    sumBelow += bin * counts[bin]!;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const gap = sumBelow / below - (sum - sumBelow) / above;
    const between = below * above * gap * gap;
    if (between > best) [best, at] = [between, bin];
  }
  return (at + 1) / 255;
}

function contrastOf(grey: Levels): Levels {
  const { width, height } = grey;
  const radius = Math.floor((WINDOW * Math.min(width, height)) / 2);
  // noise: a small opening would harm thin strokes; a 3 × 3 mean is enough after the reduction
  const smooth = mean3(grey);
  const paper = close(smooth, radius);
  const values = new Float32Array(smooth.values.length);
  for (let k = 0; k < values.length; k++) {
    values[k] = Math.max(0, paper.values[k]! - grey.values[k]!) / Math.max(paper.values[k]!, 16);
  }
  return { values, width, height };
}

function mean3({ values, width, height }: Levels): Levels {
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let count = 0;
      for (let ny = Math.max(y - 1, 0); ny <= Math.min(y + 1, height - 1); ny++) {
        for (let nx = Math.max(x - 1, 0); nx <= Math.min(x + 1, width - 1); nx++) {
          sum += values[ny * width + nx]!;
          count++;
        }
      }
      out[y * width + x] = sum / count;
    }
  }
  return { values: out, width, height };
}

/** The ink, and what it is measured by. */
interface Candidate {
  /** The contrast of full ink. */
  readonly full: number;
  readonly components: readonly Component[];
}

function findInk(contrast: Levels): Drawing {
  const { width, height } = contrast;
  let found = findCandidate(contrast, contrast, 0);
  for (let radius = 1; radius <= MOST_LINE_RADIUS && !isClear(found, width, height); radius++) {
    const opened = findCandidate(contrast, open(contrast, radius), radius);
    if (opened.components.length > 0) found = opened;
  }
  const mask = new Float32Array(width * height);
  for (const { pixels } of found.components) for (const k of pixels) mask[k] = 1;
  const near = dilate({ values: mask, width, height }, 3).values;
  const ink = new Uint8Array(mask.length);
  for (let k = 0; k < ink.length; k++) {
    if (near[k] === 1) ink[k] = Math.min(255, Math.floor((255 * contrast.values[k]!) / found.full + 0.5));
  }
  const drawing = { ink, width, height, paper: 'uneven' } as const;
  return found.full >= LEAST_CONTRAST && isClear(found, width, height)
    ? drawing
    : { ...drawing, problem: 'paper' };
}

function findCandidate(contrast: Levels, opened: Levels, radius: number): Candidate {
  const { width, height } = contrast;
  const threshold = otsu(opened.values);
  const full = quantile(
    opened.values.filter((value) => value >= threshold),
    INK_QUANTILE,
  );
  const isCore = (value: number): number => (full > 0 && value >= INK_SHARE * full ? 1 : 0);
  const core = opened.values.map(isCore);
  const near = radius === 0 ? core : dilate({ values: core, width, height }, radius + 1).values;
  const mask = Uint8Array.from(contrast.values, (value, k) => near[k]! * isCore(value));
  const inner = findComponents(mask, width, height).filter((c) => !isMargin(c, width, height));
  const largest = inner.reduce((most, c) => Math.max(most, c.pixels.length), 0);
  const parts = inner.filter(({ pixels }) => pixels.length >= SPECK * largest);
  const pens = parts.map((c) => penOf(c, mask, width));
  const widest = Math.max(0, ...pens);
  const components = parts.filter((_, k) => pens[k]! >= THIN * widest);
  if (radius > 0 && widest < PEN_TO_LINE * (2 * radius + 1)) return { full, components: [] };
  return { full, components };
}

function quantile(values: Float32Array, share: number): number {
  if (values.length === 0) return 0;
  return values.toSorted()[Math.floor(share * (values.length - 1))]!;
}

/** Whether a component belongs to the edge of the picture: a desk, a frame, the border of a shadow. */
function isMargin(
  { left, top, width: w, height: h, pixels }: Component,
  width: number,
  height: number,
): boolean {
  const box = { left, top, width: w, height: h };
  if (!isOnEdge(box, width, height) && !isLong(box, width, height)) return false;
  let central = 0;
  for (const k of pixels) {
    const x = k % width;
    const y = (k - x) / width;
    if (Math.abs(2 * x + 1 - width) < 0.64 * width && Math.abs(2 * y + 1 - height) < 0.64 * height) central++;
  }
  return central < 0.15 * pixels.length;
}

/** Whether what was found is a drawing: few parts, none of them at the edge, none across the picture. */
function isClear({ components }: Candidate, width: number, height: number): boolean {
  return (
    components.length > 0 &&
    components.length <= MOST_PARTS &&
    !components.some((c) => isOnEdge(c, width, height) || isLong(c, width, height))
  );
}

function isOnEdge(box: Box, width: number, height: number): boolean {
  return box.left === 0 || box.top === 0 || box.left + box.width === width || box.top + box.height === height;
}

function isLong(box: Box, width: number, height: number): boolean {
  return box.width >= LINE_SPAN * width || box.height >= LINE_SPAN * height;
}

/** The width of the lines of a component, as `measurePen` measures it. */
function penOf({ pixels }: Component, mask: Uint8Array, width: number): number {
  let edges = 0;
  for (const k of pixels) {
    const x = k % width;
    if (x === 0 || mask[k - 1] === 0) edges++;
    if (x === width - 1 || mask[k + 1] === 0) edges++;
    if (k < width || mask[k - width] === 0) edges++;
    if (k + width >= mask.length || mask[k + width] === 0) edges++;
  }
  return (2 * pixels.length) / ((edges * Math.PI) / 4);
}
