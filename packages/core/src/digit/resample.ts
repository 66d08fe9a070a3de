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
}

/**
 * Resamples one row or column: area averaging to fewer pixels, linear interpolation to more pixels. Neither changes the
 * values if the number of pixels stays the same. There is no ink beyond the ends.
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
      // The value of pixel j is at its middle, j + 0.5.
      const before = Math.floor(center - 0.5);
      const share = center - 0.5 - before;
      if (before >= 0 && before < from) sum += values[start + before * stride]! * (1 - share);
      if (before >= -1 && before < from - 1) sum += values[start + (before + 1) * stride]! * share;
    }
    out[outStart + i * outStride] = sum;
  }
}
