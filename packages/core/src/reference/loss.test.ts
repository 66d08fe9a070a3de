import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { softmax } from './activations.ts';
import { log } from './elementary.ts';
import { crossEntropy, crossEntropyFromLogits, oneHot } from './loss.ts';

/** m samples of C logits that are multiples of 2⁻¹⁰, so that differences are exact, with labels. */
const anyLogits = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5 })).chain(([C, m]) =>
  fc.record({
    C: fc.constant(C),
    m: fc.constant(m),
    z: fc
      .array(fc.integer({ min: -20_480, max: 20_480 }), { minLength: m * C, maxLength: m * C })
      .map((values) => Float64Array.from(values, (value) => value / 1024)),
    labels: fc.array(fc.nat(C - 1), { minLength: m, maxLength: m }),
  }),
);

describe('oneHot', () => {
  test('has a 1 at the index of each label and 0 elsewhere', () => {
    expect([...oneHot([2, 0], 3)]).toEqual([0, 0, 1, 1, 0, 0]);
    expect([...oneHot(Uint8Array.of(0, 0), 1)]).toEqual([1, 1]);
    expect(oneHot([], 3)).toEqual(new Float64Array(0));
  });
});

describe('crossEntropy', () => {
  test('is the mean of −log of the true class’s probability', () => {
    expect(crossEntropy(Float64Array.of(0.25, 0.75), [0])).toBe(-log(0.25));
    expect(crossEntropy(Float64Array.of(0.25, 0.75, 0.5, 0.5), [1, 0], 2)).toBe((-log(0.75) - log(0.5)) / 2);
  });

  test('is 0 when the true class is certain, ∞ when it is impossible, NaN for NaN', () => {
    expect(crossEntropy(Float64Array.of(1, 0), [0])).toBe(0);
    expect(crossEntropy(Float64Array.of(1, 0), [1])).toBe(Infinity);
    expect(crossEntropy(Float64Array.of(Number.NaN, 1), [0])).toBe(Number.NaN);
  });
});

describe('crossEntropyFromLogits', () => {
  // The two computations differ by the rounding of C exponentials, their sum, a quotient and a logarithm.
  test('is crossEntropy of softmax within 4·C·ε·max(1, L)', () => {
    fc.assert(
      fc.property(anyLogits, ({ C, z, labels }) => {
        const loss = crossEntropyFromLogits(z, labels, C);
        const difference = Math.abs(loss - crossEntropy(softmax(z, C), labels, C));
        expect(difference).toBeLessThanOrEqual(4 * C * Number.EPSILON * Math.max(1, loss));
      }),
    );
  });

  test('is at least 0, and exactly 0 for a single class', () => {
    fc.assert(
      fc.property(anyLogits, ({ C, m, z, labels }) => {
        expect(crossEntropyFromLogits(z, labels, C)).toBeGreaterThanOrEqual(0);
        expect(crossEntropyFromLogits(z.subarray(0, m), Array<number>(m).fill(0), 1)).toBe(0);
      }),
    );
  });

  test('is log C for equal logits', () => {
    expect(crossEntropyFromLogits(new Float64Array(10).fill(-3), [4])).toBe(log(10));
  });

  test('stays exact where the probability of the true class rounds to 0', () => {
    const z = Float64Array.of(1000, -1000);
    expect(crossEntropyFromLogits(z, [0])).toBe(0);
    expect(crossEntropyFromLogits(z, [1])).toBe(2000);
    expect(crossEntropy(softmax(z), [1])).toBe(Infinity);
  });

  test('is ∞ for a true class of −∞ and where the difference of two logits overflows', () => {
    expect(crossEntropyFromLogits(Float64Array.of(-Infinity, 0), [0])).toBe(Infinity);
    expect(crossEntropyFromLogits(Float64Array.of(-Infinity, 0), [1])).toBe(0);
    expect(crossEntropyFromLogits(Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE), [0])).toBe(Infinity);
  });

  test.each([[[Infinity, 0]], [[Number.NaN, 0]], [[0, Number.NaN]], [[-Infinity, -Infinity]]])(
    'is NaN for %j, whose softmax is NaN, with any label',
    (z) => {
      expect(crossEntropyFromLogits(Float64Array.from(z), [0])).toBe(Number.NaN);
      expect(crossEntropyFromLogits(Float64Array.from(z), [1])).toBe(Number.NaN);
    },
  );
});
