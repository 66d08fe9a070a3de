import { argmax, exp, softmax } from '@micronn/core';
import { formatAnySize, formatPercent } from '../../desk/format-number.ts';

/** The reader's settings. */
export interface SoftmaxSettings {
  readonly scores: readonly number[];
  /** Added to every score; softmax does not depend on it. */
  readonly shift: number;
  readonly subtractMaximum: boolean;
}

/** Softmax written out, one row for each class. */
export interface SoftmaxSteps {
  readonly z: readonly number[];
  readonly maximum: number;
  /** The exponents: z, or z − max. */
  readonly exponents: readonly number[];
  readonly exponentials: readonly number[];
  readonly sum: number;
  /** Each exponential divided by the sum; NaN for ∞/∞ and 0/0. */
  readonly probabilities: readonly number[];
  /** The result of core's softmax, which always subtracts the maximum. */
  readonly exact: readonly number[];
  readonly overflows: boolean;
}

/** The settings at the start. */
export const softmaxStart = (scores: readonly number[]): SoftmaxSettings => ({
  scores,
  shift: 0,
  subtractMaximum: false,
});

/** Softmax step by step, with core's exp: the same bits in every browser. */
export function softmaxSteps({ scores, shift, subtractMaximum }: SoftmaxSettings): SoftmaxSteps {
  const z = scores.map((score) => score + shift);
  const maximum = Math.max(...z);
  const exponents = subtractMaximum ? z.map((value) => value - maximum) : z;
  const exponentials = exponents.map(exp);
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
    // The sum can overflow although no exponential does; then every share is 0.
    overflows: !Number.isFinite(sum) || sum === 0,
  };
}

/** The exponential curve around the scores, with a dot for each score; undefined if an exponential is 0 or ∞. */
export function exponentialCurve({ exponents, exponentials }: SoftmaxSteps): ExponentialCurve | undefined {
  if (exponentials.some((value) => !Number.isFinite(value) || value === 0)) return;
  const from = Math.min(...exponents) - 1;
  const to = Math.max(...exponents) + 0.5;
  const curve = Array.from({ length: 61 }, (_, k) => {
    const x = from + ((to - from) * k) / 60;
    return [x, exp(x)] as const;
  });
  return {
    domain: [from, to],
    range: [0, exp(to)],
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
    return `${describeOverflow(steps)} With the maximum subtracted, the result is ${exact.map(formatPercent).join(', ')}.`;
  }
  const surest = argmax(Float64Array.from(probabilities))[0]!;
  return `Class ${surest} gets ${formatPercent(probabilities[surest]!)}, the largest share of a sum of ${formatAnySize(sum)}.`;
}

/** The reason why there are no probabilities. */
function describeOverflow({ exponentials, sum }: SoftmaxSteps): string {
  if (sum === 0) return 'Every exponential underflows to 0, and 0/0 is NaN.';
  return exponentials.every(Number.isFinite)
    ? 'No exponential overflows, but their sum does, and a number divided by ∞ is 0.'
    : 'An exponential overflows to ∞, and ∞/∞ is NaN.';
}
