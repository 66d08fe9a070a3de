import { crossEntropy, exp, log } from '@micronn/core';
import { formatAnySize, formatNumber, formatPercent } from '../../desk/format-number.ts';

/** The reader's settings: two probabilities with the sum 1, and the true class. */
export interface LossSettings {
  readonly a: readonly [number, number];
  readonly label: number;
}

export interface LossState extends LossSettings {
  /** One row for each class: y, a, log a, and the class's term −y·log a. */
  readonly rows: readonly {
    readonly y: number;
    readonly a: number;
    readonly log: number;
    readonly term: number;
  }[];
  /** The loss for each true class. */
  readonly losses: readonly [number, number];
  readonly loss: number;
}

/** The loss axis. It includes −log p for the smallest p of the slider. */
export const lossDomain: readonly [number, number] = [0, 7];

/** Cross-entropy term by term; both losses by core. */
export function lossState({ a, label }: LossSettings): LossState {
  const both = Float64Array.from(a);
  const losses = [crossEntropy(both, [0]), crossEntropy(both, [1])] as const;
  const rows = a.map((value, k) => {
    const y = k === label ? 1 : 0;
    const logA = log(value);
    // A term with y = 0 is 0, even if log a is −∞.
    return { y, a: value, log: logA, term: y === 1 ? -logA : 0 };
  });
  return { a, label, rows, losses, loss: losses[label]! };
}

/** The settings with another probability of the true class; the other class gets the rest. */
export function withTrueProbability({ label }: LossSettings, p: number): LossSettings {
  // Rounds off the last bits of binary fractions, so that 1 − 0.9 is 0.1.
  const other = Number((1 - p).toPrecision(12));
  return { label, a: label === 0 ? [p, other] : [other, p] };
}

/** −log p up to p = 1, with more points where it is steep. */
export function lossCurve(): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  for (let loss = lossDomain[1] + 1; loss > 0; loss -= 0.05) points.push([exp(-loss), loss]);
  return [...points, [1, 0]];
}

/** The result in a sentence. */
export function describeLoss({ a, label, losses, loss }: LossState): string {
  const p = a[label]!;
  if (loss === Number.POSITIVE_INFINITY) {
    return 'The true class has probability 0, so the loss is infinite, and so is the mean over any batch with this sample.';
  }
  const other = losses[1 - label]!;
  return `The true class ${label} has ${formatPercent(p)}, so the loss is −log ${formatNumber(p)} = ${formatNumber(loss)}. For the other class it would be ${formatAnySize(other)}.`;
}
