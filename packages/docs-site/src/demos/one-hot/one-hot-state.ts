import { oneHot, ShapeError } from '@micronn/core';
import { formatNumber, formatPercent } from '../../desk/format-number.ts';

/** The probabilities of an output layer; their number is the number of classes. */
export interface OneHotSetup {
  readonly name: string;
  readonly probabilities: readonly number[];
  /** The label that it begins with. */
  readonly label: number;
}

/** A label as a vector, laid over the probabilities. */
export interface OneHotState {
  readonly label: number;
  readonly C: number;
  readonly rows: readonly { readonly y: number; readonly a: number; readonly product: number }[];
  /** Σ y·a: the probability of the true class. */
  readonly sum: number;
  /** What core says where the label is no class. */
  readonly refusal: string | undefined;
}

/** The labels that can be chosen: all digits, also where there are fewer classes. */
export const labels: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The label one-hot by core, and what it picks out of the probabilities. */
export function oneHotState({ probabilities }: OneHotSetup, label: number): OneHotState {
  const C = probabilities.length;
  let y: Float64Array;
  try {
    y = oneHot([label], C);
  } catch (reason) {
    if (!(reason instanceof ShapeError)) throw reason;
    return { label, C, rows: [], sum: Number.NaN, refusal: reason.message };
  }
  const rows = probabilities.map((a, k) => ({ y: y[k]!, a, product: y[k]! * a }));
  return { label, C, rows, sum: rows.reduce((sum, { product }) => sum + product, 0), refusal: undefined };
}

/** The result in a sentence. */
export function describeOneHot({ label, C, rows, sum, refusal }: OneHotState): string {
  if (refusal !== undefined) return `There is no such vector. ${refusal}.`;
  const vector = rows.map(({ y }) => formatNumber(y, 0)).join(', ');
  return `Label ${label} of ${C} classes is [${vector}], and picks out the probability ${formatPercent(sum)}.`;
}
