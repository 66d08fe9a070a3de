import { oneHot, ShapeError } from '@micronn/core';
import { formatNumber, formatPercent } from '../../desk/format-number.ts';

/** The probabilities of an output layer; their number is the number of classes. */
export interface OneHotSetup {
  readonly name: string;
  readonly probabilities: readonly number[];
  /** The label at the start. */
  readonly label: number;
}

/** A one-hot vector beside the probabilities. */
export interface OneHotState {
  readonly label: number;
  readonly C: number;
  readonly rows: readonly { readonly y: number; readonly a: number; readonly product: number }[];
  /** Σ y·a: the probability of the true class. */
  readonly sum: number;
  /** Core's error message, if the label is not a class. */
  readonly refusal: string | undefined;
}

/** The labels to choose from: all digits, even if there are fewer classes. */
export const labels: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The one-hot vector by core, and the probability that it selects. */
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
  if (refusal !== undefined) return `This label has no one-hot vector. ${refusal}.`;
  const vector = rows.map(({ y }) => formatNumber(y, 0)).join(', ');
  return `Label ${label} of ${C} classes is [${vector}], and selects the probability ${formatPercent(sum)}.`;
}
