import { assertInk } from '../shapes.ts';
import { type Box, fullInk, type Ink, inkBox, withoutNoise } from './ink-box.ts';
import { measurePen, PEN_WIDTH } from './pen-width.ts';
import { type AxisScale, resampleInto } from './resample.ts';

/** Rows and columns of an MNIST image. */
export const DIGIT_SIDE = 28;

/** The longer side of an MNIST digit, in pixels. */
export const BOX_SIDE = 20;

/**
 * The column and the row of the centre of mass: the fifteenth pixel, not the image's middle, which is 13.5.
 * MNIST's training images have it at (14.007, 13.996) in the mean, and none has it further away than the half
 * pixel, and 0.02, that come of shifting by whole pixels.
 */
export const MASS_CENTER = 14;

/** The strongest ink in the palest of MNIST's training images. */
const FULL_INK = 254;

/** A pen below this many pixels of the digit: 0.2 % of MNIST's training images are drawn with a thinner one. */
const THIN_PEN = 1.2;

/**
 * A drawn digit as MNIST would have it.
 *
 * The longer side of the box around the ink becomes 20 pixels: means of areas where the drawing shrinks, linear
 * interpolation where it grows. Then it is shifted by whole pixels until its centre of mass is as near to
 * (14, 14) as it can be, and made as dark as MNIST's are where it is paler. A pen so thin that scaling would let it
 * vanish is widened to MNIST's. Noise of less than a quarter of the ink is taken off, and where the drawing lies in its image changes
 * nothing. An image of MNIST stays as it is, to the byte for 99 % of them.
 *
 * Only basic arithmetic, so that every engine gives the same bytes.
 *
 * Shapes: ink (height, width), the result (28, 28), bytes; undefined for an image without ink.
 *
 * Source: http://yann.lecun.com/exdb/mnist/, "size normalized to fit in a 20x20 pixel box while preserving their
 * aspect ratio … centered in a 28x28 image by computing the center of mass of the pixels".
 *
 * @throws ShapeError when ink has not width · height values, or a float is not from 0 to 1
 */
export function normalizeDigit(ink: Ink, width: number, height: number): Uint8Array<ArrayBuffer> | undefined {
  assertInk('normalizeDigit', ink, width, height);
  const box = inkBox(ink, width, height);
  if (!box) return undefined;
  const clean = withoutNoise(ink, box.noise);
  const longer = Math.max(box.width, box.height);
  const pen = measurePen(clean, width, box);
  if (pen * BOX_SIDE >= THIN_PEN * longer) return normalizeBox(clean, width, box, { longer, growth: 0 });

  // Every dot of the line becomes a square as wide as the pen should be, and as dark as the line: the drawing
  // grows by what the pen does.
  const step = (longer - pen) / (BOX_SIDE - PEN_WIDTH);
  const window = PEN_WIDTH * step;
  return normalizeBox(clean, width, box, { longer, growth: window - pen, window, gain: window / pen });
}

/** How a box is brought to a digit's size. */
interface Fit {
  /** Pixels that become 20, before growth. */
  readonly longer: number;
  /** Pixels that are added to either side by widening the pen. */
  readonly growth: number;
  /** Pixels whose mean is taken, where it is not just those that a pixel covers. */
  readonly window?: number;
  /** What the ink is multiplied by; left out, 1 where that is as dark as MNIST. */
  readonly gain?: number;
}

/** Scales a box's content and puts it into 28 × 28. */
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

/** First along the rows, then along the columns. */
function scaleBox(ink: Ink, stride: number, box: Box, { longer, growth, window }: Fit): Grid {
  const step = (longer + growth) / BOX_SIDE;
  const axis = (from: number): AxisScale => {
    const size = ((from + growth) * BOX_SIDE) / (longer + growth);
    const to = Math.min(Math.ceil(size), BOX_SIDE);
    // What is left of whole pixels is shared by both ends.
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

/** Levels of 0 to 255, not yet rounded. */
function darken({ values }: Grid, full: number, gain?: number): void {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  const isPale = most * 255 < FULL_INK * full;
  const factor = gain === undefined ? 255 / (isPale ? most : full) : (gain * 255) / full;
  for (let k = 0; k < values.length; k++) values[k] = Math.min(values[k]! * factor, 255);
}

/** Puts a grid where MNIST has its centre of mass, without cutting any of it off. */
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
