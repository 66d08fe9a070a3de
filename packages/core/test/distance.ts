/** The largest |actual − expected|; NaN when one of them is. */
export function largestDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new RangeError(`largestDistance: expected ${expected.length} values, got ${actual.length}`);
  }
  let largest = 0;
  for (let k = 0; k < expected.length; k++) largest = Math.max(largest, Math.abs(actual[k]! - expected[k]!));
  return largest;
}

/**
 * The largest |actual − expected|, in parts of the largest |expected|.
 *
 * Relative to the tensor and not to each element: an element is a sum of terms of both signs, and what rounding
 * does to it goes with the size of the terms, however small the sum turns out.
 */
export function relativeDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let scale = 0;
  for (let k = 0; k < expected.length; k++) scale = Math.max(scale, Math.abs(expected[k]!));
  const distance = largestDistance(actual, expected);
  return distance === 0 ? 0 : distance / scale;
}

/** The first place where two vectors differ in any bit (−0 is not 0; NaN is NaN), or −1. */
export function firstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const length = Math.max(actual.length, expected.length);
  for (let k = 0; k < length; k++) if (!Object.is(actual[k], expected[k])) return k;
  return -1;
}
