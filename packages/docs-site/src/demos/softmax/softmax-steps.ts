import { argmax, softmax } from '@micronn/core';
import { formatAnySize, formatPercent } from '../../desk/format-number.ts';

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
    // A sum may outgrow what its exponentials have not: then each share is 0, and they add up to nothing.
    overflows: !Number.isFinite(sum) || sum === 0,
  };
}

/** The curve of the exponential around the scores, and where they stand on it; nothing where it is out of sight. */
export function exponentialCurve({ exponents, exponentials }: SoftmaxSteps): ExponentialCurve | undefined {
  if (exponentials.some((value) => !Number.isFinite(value) || value === 0)) return;
  const from = Math.min(...exponents) - 1;
  const to = Math.max(...exponents) + 0.5;
  const curve = Array.from({ length: 61 }, (_, k) => {
    const x = from + ((to - from) * k) / 60;
    return [x, Math.exp(x)] as const;
  });
  return {
    domain: [from, to],
    range: [0, Math.exp(to)],
    curve,
    dots: exponents.map((x, k) => [x, exponentials[k]!] as const),
  };
}

/** Points of a plot. */
interface ExponentialCurve {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  readonly curve: readonly (readonly [number, number])[];
  readonly dots: readonly (readonly [number, number])[];
}

/** The result in a sentence. */
export function describeSoftmax(steps: SoftmaxSteps): string {
  const { probabilities, exact, sum, overflows } = steps;
  if (overflows) {
    return `${describeOverflow(steps)} With the maximum subtracted it is ${exact.map(formatPercent).join(', ')}.`;
  }
  const surest = argmax(Float64Array.from(probabilities))[0]!;
  return `Class ${surest} gets ${formatPercent(probabilities[surest]!)}, the largest share of a sum of ${formatAnySize(sum)}.`;
}

/** Why there are no probabilities. */
function describeOverflow({ exponentials, sum }: SoftmaxSteps): string {
  if (sum === 0) return 'Every exponential has become 0, and 0 divided by 0 is no number.';
  return exponentials.every(Number.isFinite)
    ? 'Each exponential is still a number, but their sum has outgrown the largest number there is, and whatever is divided by ∞ is 0.'
    : 'An exponential has outgrown the largest number there is, and ∞ divided by ∞ is no number.';
}
