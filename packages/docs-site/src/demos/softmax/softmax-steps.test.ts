import { exp } from '@micronn/core';
import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { describeSoftmax, exponentialCurve, softmaxStart, softmaxSteps } from './softmax-steps.ts';

const start = softmaxStart(workedExample.z2);

describe('softmax step by step', () => {
  test('has the exponentials, the sum and the probabilities of the worked example within 1e-15', () => {
    const { exponentials, sum, probabilities } = softmaxSteps(start);
    for (const [k, value] of workedExample.expZ2.entries()) expect(exponentials[k]).toBeCloseTo(value, 15);
    expect(sum).toBeCloseTo(workedExample.sumExpZ2, 15);
    for (const [k, value] of workedExample.a2.entries()) expect(probabilities[k]).toBeCloseTo(value, 15);
  });

  test.each([true, false])('gives the probabilities of core (maximum subtracted: %s)', (subtractMaximum) => {
    const { probabilities, exact } = softmaxSteps({ scores: [3, -1, 0.5], shift: -2, subtractMaximum });
    for (const [k, value] of exact.entries()) expect(probabilities[k]).toBeCloseTo(value, 15);
  });

  test('overflows above e^709.78, and not with the maximum subtracted', () => {
    const large = { scores: [1, 2, 3], shift: 707 };
    expect(softmaxSteps({ ...large, shift: 706, subtractMaximum: false }).overflows).toBe(false);
    const naive = softmaxSteps({ ...large, subtractMaximum: false });
    expect(naive.exponentials[2]).toBe(Number.POSITIVE_INFINITY);
    expect(naive.probabilities[2]).toBeNaN();
    expect(naive.overflows).toBe(true);
    const safe = softmaxSteps({ ...large, subtractMaximum: true });
    expect(safe.overflows).toBe(false);
    expect(safe.probabilities).toEqual(Array.from(safe.exact));
  });

  test('a shift changes no probability', () => {
    const still = softmaxSteps({ scores: [1, 2, 3], shift: 0, subtractMaximum: true });
    const moved = softmaxSteps({ scores: [1, 2, 3], shift: 512, subtractMaximum: true });
    expect(moved.probabilities).toEqual(still.probabilities);
  });
});

describe('the curve', () => {
  test('covers the scores, which have dots on it', () => {
    const { domain, range, curve, dots } = exponentialCurve(softmaxSteps({ ...start, scores: [0, 2] }))!;
    expect(domain).toEqual([-1, 2.5]);
    expect(range).toEqual([0, exp(2.5)]);
    expect(curve[0]).toEqual([-1, exp(-1)]);
    expect(curve.at(-1)).toEqual([2.5, exp(2.5)]);
    expect(dots).toEqual([
      [0, 1],
      [2, exp(2)],
    ]);
  });

  test.each([1000, -1000])('is left out if the scores are shifted by %i', (shift) => {
    expect(exponentialCurve(softmaxSteps({ ...start, shift }))).toBeUndefined();
  });
});

describe('the sentence', () => {
  test('names the class with the largest share', () => {
    expect(describeSoftmax(softmaxSteps(start))).toBe(
      'Class 0 gets 50.4 %, the largest share of a sum of 2.02826.',
    );
  });

  test('describes an overflow, with the correct result', () => {
    const steps = softmaxSteps({ scores: [0, 0], shift: 1000, subtractMaximum: false });
    expect(describeSoftmax(steps)).toBe(
      'An exponential overflows to ∞, and ∞/∞ is NaN. With the maximum subtracted, the result is 50.0 %, 50.0 %.',
    );
  });

  test('describes an overflow of the sum alone', () => {
    const steps = softmaxSteps({ scores: [0.022, -0.006], shift: 709.5, subtractMaximum: false });
    expect(steps.exponentials.every(Number.isFinite)).toBe(true);
    expect(steps.sum).toBe(Number.POSITIVE_INFINITY);
    expect(steps.overflows).toBe(true);
    expect(describeSoftmax(steps)).toBe(
      'No exponential overflows, but their sum does, and a number divided by ∞ is 0. With the maximum subtracted, the result is 50.7 %, 49.3 %.',
    );
  });

  test('describes an underflow', () => {
    const steps = softmaxSteps({ scores: [0, 0], shift: -1000, subtractMaximum: false });
    expect(describeSoftmax(steps)).toMatch(/^Every exponential underflows to 0, and 0\/0 is NaN\./);
  });
});
