import { createNetwork, tensorPlaces } from '@micronn/core';
import { formatNumber } from '../../desk/format-number.ts';

/** The network of the tutorial. */
export const layers: readonly number[] = [784, 10, 10];

/** The trainer's default seed. */
export const firstSeed = 42;

/** The range of the drawn values: from the first (included) to the second (excluded). */
export const limits: readonly [number, number] = [-0.5, 0.5];

const BINS = 20;

/** The drawn values of W1, b1, W2 or b2. */
export interface DrawnTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** A histogram with twenty bins of equal width. */
  readonly counts: readonly number[];
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

export interface Draw {
  readonly seed: number;
  readonly tensors: readonly DrawnTensor[];
  /** Number of all parameters. */
  readonly count: number;
}

/** Decimals: three, or more if three would round the value up to the excluded end of the range. */
export function digitsOf(value: number): number {
  let digits = 3;
  while (Number(value.toFixed(digits)) >= limits[1]) digits++;
  return digits;
}

/** The initial parameters for a seed, by core, and their distribution. */
export function drawParameters(seed: number): Draw {
  const { parameters } = createNetwork(layers, { seed });
  const tensors = tensorPlaces(layers).map(({ name, shape, offset, length }) => {
    const values = parameters.slice(offset, offset + length);
    return {
      name,
      shape,
      values,
      counts: histogram(values),
      least: Math.min(...values),
      mean: values.reduce((sum, value) => sum + value, 0) / length,
      most: Math.max(...values),
    };
  });
  return { seed, tensors, count: parameters.length };
}

function histogram(values: Float64Array): number[] {
  const [from, to] = limits;
  const counts = Array.from({ length: BINS }, () => 0);
  for (const value of values) counts[Math.floor(((value - from) / (to - from)) * BINS)]! += 1;
  return counts;
}

/** The bars of the histogram: the start of each bin, and its count. */
export function barsOf({ counts }: DrawnTensor): (readonly [number, number])[] {
  const [from, to] = limits;
  return counts.map((count, k) => [from + ((to - from) * k) / BINS, count] as const);
}

/** Domain of the count axis: the same for every seed, unless a bin is fuller than expected. */
export function axisOf({ counts, values }: DrawnTensor): readonly [number, number] {
  const expected = values.length / BINS;
  const fullest = Math.max(Math.ceil(expected + 4 * Math.sqrt(expected) + 1), ...counts);
  return [0, 1.1 * fullest];
}

/** Number of parameters that differ between two draws. */
export function changedCount(before: Draw, after: Draw): number {
  let changed = 0;
  for (const [k, { values }] of after.tensors.entries()) {
    changed += values.filter((value, i) => !Object.is(value, before.tensors[k]!.values[i])).length;
  }
  return changed;
}

/** The result in a sentence. `changed` is undefined for the first draw. */
export function describeDraw({ seed, count, tensors }: Draw, changed: number | undefined): string {
  const many = count.toLocaleString('en');
  const first = `W1[0][0] is ${formatNumber(tensors[0]!.values[0]!)}`;
  if (changed === undefined) return `Seed ${seed} draws ${many} numbers. ${first}.`;
  if (changed === 0) return `Seed ${seed} again: all ${many} numbers are the same. ${first}.`;
  const share = changed === count ? `all ${many}` : `${changed.toLocaleString('en')} of ${many}`;
  return `Seed ${seed}: ${share} numbers are new. ${first}.`;
}
