import { assertImage, assertSize } from '../shapes.ts';

/** How one axis of an image is resampled. */
export interface AxisScale {
  /** Number of source pixels. */
  readonly from: number;
  /** Number of target pixels. */
  readonly to: number;
  /** Source pixels per target pixel. */
  readonly step: number;
  /** Where the first target pixel begins, in source pixels. */
  readonly begin: number;
  /** Width of the averaging window, in source pixels: the area of a target pixel, or more. */
  readonly window: number;
  /** Whether the first and the last value continue beyond the ends; without it, there is no ink there. */
  readonly extendsEnds?: boolean;
}

/**
 * Resamples an image to another size, each axis by itself: area averaging to fewer pixels, linear interpolation between
 * the middles of the pixels to more. The outermost pixels continue beyond the edge. The aspect ratio is not kept, and
 * an image that has the size already keeps its bytes.
 *
 * Shapes: pixels is (height, width), the result (toHeight, toWidth), rounded to bytes once at the end.
 *
 * Basic arithmetic alone, so every engine gives the same bytes. They agree with OpenCV's INTER_AREA and INTER_LINEAR.
 *
 * @throws ShapeError when pixels does not have width · height values, or a size is not a whole number of at least 1
 */
export function resample(
  pixels: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Uint8Array<ArrayBuffer> {
  assertImage('resample', 'pixels', pixels, width, height, 1);
  assertSize('resample', 'toWidth', toWidth);
  assertSize('resample', 'toHeight', toHeight);
  const across = wholeAxis(width, toWidth);
  const down = wholeAxis(height, toHeight);
  const rows = new Float64Array(height * toWidth);
  for (let y = 0; y < height; y++) resampleInto(rows, y * toWidth, 1, pixels, y * width, 1, across);
  const values = new Float64Array(toHeight * toWidth);
  for (let x = 0; x < toWidth; x++) resampleInto(values, x, toWidth, rows, x, toWidth, down);
  return Uint8Array.from(values, (value) => Math.floor(value + 0.5));
}

function wholeAxis(from: number, to: number): AxisScale {
  return { from, to, step: from / to, begin: 0, window: from / to, extendsEnds: true };
}

/**
 * Resamples one row or column: area averaging to fewer pixels, linear interpolation to more pixels. Neither changes the
 * values if the number of pixels stays the same.
 */
export function resampleInto(
  out: Float64Array,
  outStart: number,
  outStride: number,
  values: ArrayLike<number>,
  start: number,
  stride: number,
  { from, to, step, begin, window, extendsEnds = false }: AxisScale,
): void {
  for (let i = 0; i < to; i++) {
    const center = begin + (i + 0.5) * step;
    let sum = 0;
    if (window >= 1) {
      const low = center - window / 2;
      const high = center + window / 2;
      const last = Math.min(Math.ceil(high), from);
      for (let j = Math.max(Math.floor(low), 0); j < last; j++) {
        sum += values[start + j * stride]! * (Math.min(high, j + 1) - Math.max(low, j));
      }
      sum /= window;
    } else {
      // The value of pixel j is at its middle, j + 0.5.
      const before = Math.floor(center - 0.5);
      const share = center - 0.5 - before;
      if (extendsEnds) {
        const first = Math.max(before, 0);
        const second = Math.min(before + 1, from - 1);
        sum = values[start + first * stride]! * (1 - share) + values[start + second * stride]! * share;
      } else {
        if (before >= 0 && before < from) sum += values[start + before * stride]! * (1 - share);
        if (before >= -1 && before < from - 1) sum += values[start + (before + 1) * stride]! * share;
      }
    }
    out[outStart + i * outStride] = sum;
  }
}
