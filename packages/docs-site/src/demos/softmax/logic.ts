import { argmax, softmax } from '@micronn/core';
import { formatAnySize, formatPercent } from '../format-number.ts';

/** What the reader has set. */
export interface SoftmaxSettings {
  readonly scores: readonly number[];
  /** Added to every score: softmax must not care. */
  readonly shift: number;
  readonly subtractMaximum: boolean;
}

/** Softmax written out, one row for each class. */
export interface SoftmaxSteps {
  readonly z: readonly number[];
  readonly maximum: number;
  /** What goes into the exponential: z, or z − max. */
  readonly exponents: readonly number[];
  readonly exponentials: readonly number[];
  readonly sum: number;
  /** Each exponential divided by the sum: NaN where that cannot be told. */
  readonly probabilities: readonly number[];
  /** What core's softmax says, which always subtracts the maximum. */
  readonly exact: readonly number[];
  readonly overflows: boolean;
}

/** Scores of three classes around the worked example's two. */
export const softmaxStart = (scores: readonly number[]): SoftmaxSettings => ({
  scores,
  shift: 0,
  subtractMaximum: false,
});

/** Softmax step by step as the formula says it, with the numbers that the browser really has. */
export function softmaxSteps({ scores, shift, subtractMaximum }: SoftmaxSettings): SoftmaxSteps {
  const z = scores.map((score) => score + shift);
  const maximum = Math.max(...z);
  const exponents = subtractMaximum ? z.map((value) => value - maximum) : z;
  const exponentials = exponents.map(Math.exp);
  const sum = exponentials.reduce((total, value) => total + value, 0);
  const probabilities = exponentials.map((value) => value / sum);
  return {
    z,
    maximum,
    exponents,
    exponentials,
    sum,
    probabilities,
    exact: Array.from(softmax(Float64Array.from(z))),
    overflows: probabilities.some((value) => Number.isNaN(value)),
  };
}

/** The result in a sentence. */
export function describeSoftmax({ probabilities, exact, sum, overflows }: SoftmaxSteps): string {
  if (overflows) {
    const told = exact.map(formatPercent).join(', ');
    return sum === 0
      ? `Every exponential has become 0, and 0 divided by 0 is no number. With the maximum subtracted it is ${told}.`
      : `An exponential has outgrown the largest number there is, and ∞ divided by ∞ is no number. With the maximum subtracted it is ${told}.`;
  }
  const surest = argmax(Float64Array.from(probabilities))[0]!;
  return `Class ${surest} gets ${formatPercent(probabilities[surest]!)}, the largest share of a sum of ${formatAnySize(sum)}.`;
}
