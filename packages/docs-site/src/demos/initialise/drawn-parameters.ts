import { createNetwork, tensorPlaces } from '@micronn/core';
import { formatNumber } from '../../desk/format-number.ts';

/** The network that reads digits. */
export const layers: readonly number[] = [784, 10, 10];

/** The seed that the trainer takes if none is named. */
export const firstSeed = 42;

/** From (included) and to (excluded) of what is drawn. */
export const limits: readonly [number, number] = [-0.5, 0.5];

const BINS = 20;

/** One of W1, b1, W2, b2 as it was drawn. */
export interface DrawnTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** How many values fall into each of twenty bins of equal width. */
  readonly counts: readonly number[];
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

export interface Draw {
  readonly seed: number;
  readonly tensors: readonly DrawnTensor[];
  /** All parameters together. */
  readonly count: number;
}

/** Digits after the point: three, and more where with three a number would be the end that is never drawn. */
export function digitsOf(value: number): number {
  let digits = 3;
  while (Number(value.toFixed(digits)) >= limits[1]) digits++;
  return digits;
}

/** All first parameters of a seed, by core, and how they are spread. */
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

/** The bars of a histogram: where each bin begins, and its count. */
export function barsOf({ counts }: DrawnTensor): (readonly [number, number])[] {
  const [from, to] = limits;
  return counts.map((count, k) => [from + ((to - from) * k) / BINS, count] as const);
}

/** What the axis reaches to: the same for every seed, unless one's fullest bin is fuller still. */
export function axisOf({ counts, values }: DrawnTensor): readonly [number, number] {
  const expected = values.length / BINS;
  const fullest = Math.max(Math.ceil(expected + 4 * Math.sqrt(expected) + 1), ...counts);
  return [0, 1.1 * fullest];
}

/** How many of the parameters are another number than before. */
export function changedCount(before: Draw, after: Draw): number {
  let changed = 0;
  for (const [k, { values }] of after.tensors.entries()) {
    changed += values.filter((value, i) => !Object.is(value, before.tensors[k]!.values[i])).length;
  }
  return changed;
}

/** The result in a sentence; `changed` of the last draw, undefined before there was a second one. */
export function describeDraw({ seed, count, tensors }: Draw, changed: number | undefined): string {
  const many = count.toLocaleString('en');
  const first = `W1[0][0] is ${formatNumber(tensors[0]!.values[0]!)}`;
  if (changed === undefined) return `Seed ${seed} draws ${many} numbers. The first, ${first}.`;
  if (changed === 0) return `Seed ${seed} once more: all ${many} numbers are the same. Again, ${first}.`;
  const share = changed === count ? `all ${many}` : `${changed.toLocaleString('en')} of ${many}`;
  return `Seed ${seed}: ${share} numbers are new. Now ${first}.`;
}
