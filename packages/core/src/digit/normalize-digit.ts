import { assertInk, assertWholeNumber } from '../shapes.ts';
import { type Box, fullInk, type Ink, inkBox, withoutNoise } from './ink-box.ts';
import { measurePen, PEN_WIDTH } from './pen-width.ts';
import { type AxisScale, resampleInto } from './resample.ts';

/** Rows and columns of an MNIST image. */
export const DIGIT_SIDE = 28;

/** The longer side of an MNIST digit, in pixels. */
export const BOX_SIDE = 20;

/**
 * The column and the row of the centre of mass: pixel 14, not the middle of the image, which is 13.5. The mean over
 * MNIST's training images is (14.007, 13.996). No image deviates by more than 0.52 pixels: a shift by whole pixels
 * leaves up to half a pixel.
 */
export const MASS_CENTER = 14;

/** Where a drawing goes in an image: the size of its box, and the place of its centre. */
export interface Target {
  readonly width: number;
  readonly height: number;
  /** The longer side of the box in pixels. */
  readonly boxSide: number;
  /** What stands at (x, y): the centre of mass, in pixel positions, or the middle of the box, in pixels from the edge. */
  readonly center: 'mass' | 'box';
  readonly x: number;
  readonly y: number;
}

/** MNIST's box and centre of mass in a square image, 20 and 14 of 28 pixels, in proportion. */
export function squareTarget(side: number): Target {
  const center = (MASS_CENTER * side) / DIGIT_SIDE;
  const boxSide = Math.floor((BOX_SIDE * side) / DIGIT_SIDE + 0.5);
  return { width: side, height: side, boxSide, center: 'mass', x: center, y: center };
}

/** The strongest ink of the palest MNIST training image. */
const FULL_INK = 254;

/** Sides for which 20 of 28 pixels still are a digit. */
const LEAST_SIDE = 8;
const MOST_SIDE = 1024;

/** A pen narrower than this many pixels of the digit is thin: 0.2 % of MNIST's training images have a thinner one. */
const THIN_PEN = 1.2;

/**
 * Converts a drawn digit to an image like MNIST's.
 *
 * The longer side of the box around the ink becomes 20 pixels: by area averaging if the drawing shrinks, by linear
 * interpolation if it grows. Then the digit is shifted by whole pixels until its centre of mass is as close to (14, 14)
 * as possible, and a pale digit becomes as dark as MNIST's digits. A pen that would vanish in scaling is widened to
 * MNIST's pen. Noise below a quarter of the ink is removed. The position of the drawing in its image does not matter.
 * 99 % of MNIST's own images do not change by a single byte.
 *
 * The function uses basic arithmetic alone, so every engine gives the same bytes.
 *
 * In an image of another side, the box, the centre and the pen are in proportion.
 *
 * Shapes: ink is (height, width), the result (side, side), bytes; undefined for an image without ink.
 *
 * Source: http://yann.lecun.com/exdb/mnist/, "size normalized to fit in a 20x20 pixel box while preserving their
 * aspect ratio … centered in a 28x28 image by computing the center of mass of the pixels".
 *
 * @param side rows and columns of the result, 8 to 1024; 28 unless given
 * @throws ShapeError when ink does not have width · height values, a float is outside 0 to 1, or side is out of range
 */
export function normalizeDigit(
  ink: Ink,
  width: number,
  height: number,
  { side = DIGIT_SIDE }: { readonly side?: number } = {},
): Uint8Array<ArrayBuffer> | undefined {
  assertInk('normalizeDigit', ink, width, height);
  assertWholeNumber('normalizeDigit', 'side', side, LEAST_SIDE, MOST_SIDE);
  return normalizeInto(squareTarget(side), ink, width, height);
}

/** Converts a drawing to an image whose box and centre are those of the target. */
export function normalizeInto(
  target: Target,
  ink: Ink,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> | undefined {
  const box = inkBox(ink, width, height);
  if (!box) return undefined;
  const clean = withoutNoise(ink, box.noise);
  const longer = Math.max(box.width, box.height);
  const pen = measurePen(clean, width, box);
  const { boxSide } = target;
  const unit = boxSide / BOX_SIDE;
  if (pen * boxSide >= THIN_PEN * unit * longer) {
    return normalizeBox(clean, width, box, { longer, growth: 0 }, target);
  }

  // Every dot of the line becomes a square as wide as the wider pen and as dark as the line. The drawing grows by
  // the growth of the pen.
  const step = (longer - pen) / (boxSide - PEN_WIDTH * unit);
  const window = PEN_WIDTH * unit * step;
  return normalizeBox(
    clean,
    width,
    box,
    { longer, growth: window - pen, window, gain: window / pen },
    target,
  );
}

/** How a box is scaled to the size of a digit. */
interface Fit {
  /** The longer side, which becomes 20 pixels, without growth. */
  readonly longer: number;
  /** Pixels that widening the pen adds to each side. */
  readonly growth: number;
  /** Width of the averaging window in pixels, if it differs from the area that a new pixel covers. */
  readonly window?: number;
  /** The factor for the ink; without it, a pale digit becomes as dark as MNIST's digits. */
  readonly gain?: number;
}

/** Scales the content of a box and centres it in the target. */
export function normalizeBox(
  ink: Ink,
  stride: number,
  box: Box,
  fit: Fit,
  target: Target,
): Uint8Array<ArrayBuffer> {
  const grid = scaleBox(ink, stride, box, fit, target.boxSide);
  darken(grid, fullInk(ink), fit.gain);
  return place(grid, target);
}

interface Grid {
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** Scales along the rows first, then along the columns. */
function scaleBox(
  ink: Ink,
  stride: number,
  box: Box,
  { longer, growth, window }: Fit,
  boxSide: number,
): Grid {
  const step = (longer + growth) / boxSide;
  const axis = (from: number): AxisScale => {
    const size = ((from + growth) * boxSide) / (longer + growth);
    const to = Math.min(Math.ceil(size), boxSide);
    // The rest of the last pixel is divided between both ends.
    return { from, to, step, begin: -(growth + (to - size) * step) / 2, window: window ?? step };
  };
  const across = axis(box.width);
  const down = axis(box.height);
  const rows = new Float64Array(box.height * across.to);
  for (let y = 0; y < box.height; y++) {
    resampleInto(rows, y * across.to, 1, ink, (box.top + y) * stride + box.left, 1, across);
  }
  const values = new Float64Array(down.to * across.to);
  for (let x = 0; x < across.to; x++) resampleInto(values, x, across.to, rows, x, across.to, down);
  return { values, width: across.to, height: down.to };
}

/** Scales the ink to levels from 0 to 255, without rounding. */
function darken({ values }: Grid, full: number, gain?: number): void {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  const isPale = most * 255 < FULL_INK * full;
  const factor = gain === undefined ? 255 / (isPale ? most : full) : (gain * 255) / full;
  for (let k = 0; k < values.length; k++) values[k] = Math.min(values[k]! * factor, 255);
}

/** Moves the grid's centre to the target's, without cutting anything off. */
function place({ values, width, height }: Grid, target: Target): Uint8Array<ArrayBuffer> {
  let mass = 0;
  let momentX = 0;
  let momentY = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x]!;
      mass += value;
      momentX += value * x;
      momentY += value * y;
    }
  }
  const isMass = target.center === 'mass';
  const left = firstPixel(target.x, isMass ? momentX / mass : width / 2, width, target.width);
  const top = firstPixel(target.y, isMass ? momentY / mass : height / 2, height, target.height);
  const image = new Uint8Array(target.width * target.height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      image[(top + y) * target.width + left + x] = Math.floor(values[y * width + x]! + 0.5);
    }
  }
  return image;
}

function firstPixel(target: number, center: number, size: number, side: number): number {
  return Math.min(Math.max(Math.floor(target - center + 0.5), 0), side - size);
}
