import type { DigitSet } from '@micronn/fixtures';

/** The selected samples of a set of digits, pixels from 0 to 1, one after another. */
export function digitSamples(
  set: DigitSet,
  samples: readonly number[],
): { x: Float64Array; labels: number[] } {
  const pixels = set.pixels();
  const D = set.rows * set.columns;
  const x = new Float64Array(samples.length * D);
  for (const [to, from] of samples.entries()) {
    for (let j = 0; j < D; j++) x[to * D + j] = pixels[from * D + j]! / 255;
  }
  return { x, labels: samples.map((sample) => set.labels[sample]!) };
}
