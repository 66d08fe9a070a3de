import { crossEntropy } from '@micronn/core';
import { formatAnySize, formatNumber, formatPercent } from '../../desk/format-number.ts';

/** What the reader has set: two probabilities that are 1 in sum, and the true class. */
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
  /** The loss if class 0 were true, if class 1 were. */
  readonly losses: readonly [number, number];
  readonly loss: number;
}

/** The plot's window: −log p of the smallest p that the slider has is just inside. */
export const lossDomain: readonly [number, number] = [0, 7];

/** Cross-entropy written out; both losses by core. */
export function lossState({ a, label }: LossSettings): LossState {
  const both = Float64Array.from(a);
  const losses = [crossEntropy(both, [0]), crossEntropy(both, [1])] as const;
  const rows = a.map((value, k) => {
    const y = k === label ? 1 : 0;
    const log = Math.log(value);
    // A term with y = 0 is left out, also where log a is −∞.
    return { y, a: value, log, term: y === 1 ? -log : 0 };
  });
  return { a, label, rows, losses, loss: losses[label]! };
}

/** The settings with another probability of the true class; what is left goes to the other one. */
export function withTrueProbability({ label }: LossSettings, p: number): LossSettings {
  // Without the last bits of binary fractions: 1 − 0.9 is 0.1 to who reads it.
  const other = Number((1 - p).toPrecision(12));
  return { label, a: label === 0 ? [p, other] : [other, p] };
}

/** −log p from the edge of the window to p = 1, finer where it is steep. */
export function lossCurve(): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  for (let loss = lossDomain[1] + 1; loss > 0; loss -= 0.05) points.push([Math.exp(-loss), loss]);
  return [...points, [1, 0]];
}

/** The result in a sentence. */
export function describeLoss({ a, label, losses, loss }: LossState): string {
  const p = a[label]!;
  if (loss === Number.POSITIVE_INFINITY) {
    return 'The true class got no chance at all, and the loss is infinite: no other sample could make up for it.';
  }
  const other = losses[1 - label]!;
  return `The true class ${label} got ${formatPercent(p)}, so the loss is −log ${formatNumber(p)} = ${formatNumber(loss)}. Were the other class true, it would be ${formatAnySize(other)}.`;
}
