/** The largest |actual − expected|; NaN if a difference is NaN. */
export function largestDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new RangeError(`largestDistance: expected ${expected.length} values, got ${actual.length}`);
  }
  let largest = 0;
  for (let k = 0; k < expected.length; k++) largest = Math.max(largest, Math.abs(actual[k]! - expected[k]!));
  return largest;
}

/**
 * The largest |actual − expected|, relative to the largest |expected|.
 *
 * The distance is relative to the tensor, not to each element: an element is a sum of terms of both signs, and its
 * rounding error is proportional to the size of the terms, even if the sum is small.
 */
export function relativeDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let scale = 0;
  for (let k = 0; k < expected.length; k++) scale = Math.max(scale, Math.abs(expected[k]!));
  const distance = largestDistance(actual, expected);
  return distance === 0 ? 0 : distance / scale;
}

/** The first index at which two vectors differ in any bit (−0 is not 0; NaN equals NaN), or −1. */
export function firstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const length = Math.max(actual.length, expected.length);
  for (let k = 0; k < length; k++) if (!Object.is(actual[k], expected[k])) return k;
  return -1;
}
