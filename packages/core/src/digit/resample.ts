/** One axis of an image brought to another number of pixels. */
export interface AxisScale {
  /** Pixels before. */
  readonly from: number;
  /** Pixels after. */
  readonly to: number;
  /** Pixels before for one pixel after. */
  readonly step: number;
  /** Where the first pixel after begins, in pixels before. */
  readonly begin: number;
  /** Pixels before whose mean a pixel after is: its own area, or more of it. */
  readonly window: number;
}

/**
 * Resamples one row or column: means of areas where pixels become fewer, linear interpolation where they become
 * more. Both leave values as they are where their number stays; beyond the ends is no ink.
 */
export function resampleInto(
  out: Float64Array,
  outStart: number,
  outStride: number,
  values: ArrayLike<number>,
  start: number,
  stride: number,
  { from, to, step, begin, window }: AxisScale,
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
      // Pixel j has its value at its middle, j + 0.5.
      const before = Math.floor(center - 0.5);
      const share = center - 0.5 - before;
      if (before >= 0 && before < from) sum += values[start + before * stride]! * (1 - share);
      if (before >= -1 && before < from - 1) sum += values[start + (before + 1) * stride]! * share;
    }
    out[outStart + i * outStride] = sum;
  }
}
