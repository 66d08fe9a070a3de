import { assertInk } from '../shapes.ts';
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

/** The strongest ink of the palest MNIST training image. */
const FULL_INK = 254;

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
 * Shapes: ink is (height, width), the result (28, 28), bytes; undefined for an image without ink.
 *
 * Source: http://yann.lecun.com/exdb/mnist/, "size normalized to fit in a 20x20 pixel box while preserving their
 * aspect ratio … centered in a 28x28 image by computing the center of mass of the pixels".
 *
 * @throws ShapeError when ink does not have width · height values, or a float is outside 0 to 1
 */
export function normalizeDigit(ink: Ink, width: number, height: number): Uint8Array<ArrayBuffer> | undefined {
  assertInk('normalizeDigit', ink, width, height);
  const box = inkBox(ink, width, height);
  if (!box) return undefined;
  const clean = withoutNoise(ink, box.noise);
  const longer = Math.max(box.width, box.height);
  const pen = measurePen(clean, width, box);
  if (pen * BOX_SIDE >= THIN_PEN * longer) return normalizeBox(clean, width, box, { longer, growth: 0 });

  // Every dot of the line becomes a square as wide as the wider pen and as dark as the line. The drawing grows by
  // the growth of the pen.
  const step = (longer - pen) / (BOX_SIDE - PEN_WIDTH);
  const window = PEN_WIDTH * step;
  return normalizeBox(clean, width, box, { longer, growth: window - pen, window, gain: window / pen });
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

/** Scales the content of a box and centres it in 28 × 28 pixels. */
export function normalizeBox(ink: Ink, stride: number, box: Box, fit: Fit): Uint8Array<ArrayBuffer> {
  const grid = scaleBox(ink, stride, box, fit);
  darken(grid, fullInk(ink), fit.gain);
  return centerByMass(grid);
}

interface Grid {
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** Scales along the rows first, then along the columns. */
function scaleBox(ink: Ink, stride: number, box: Box, { longer, growth, window }: Fit): Grid {
  const step = (longer + growth) / BOX_SIDE;
  const axis = (from: number): AxisScale => {
    const size = ((from + growth) * BOX_SIDE) / (longer + growth);
    const to = Math.min(Math.ceil(size), BOX_SIDE);
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

/** Moves the grid's centre of mass to MNIST's, without cutting anything off. */
function centerByMass({ values, width, height }: Grid): Uint8Array<ArrayBuffer> {
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
  const left = firstPixel(momentX / mass, width);
  const top = firstPixel(momentY / mass, height);
  const digit = new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      digit[(top + y) * DIGIT_SIDE + left + x] = Math.floor(values[y * width + x]! + 0.5);
    }
  }
  return digit;
}

function firstPixel(center: number, size: number): number {
  return Math.min(Math.max(Math.floor(MASS_CENTER - center + 0.5), 0), DIGIT_SIDE - size);
}
