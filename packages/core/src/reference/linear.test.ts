import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstDifference } from '../../test/distance.ts';
import { linear, linearInto } from './linear.ts';

const size = fc.integer({ min: 1, max: 6 });
const integers = (length: number): fc.Arbitrary<Float64Array> =>
  fc
    .array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values));

/** W, b and m samples of any shape, with integer values, so that every sum is exact. */
const anyLinear = fc.tuple(size, size, size).chain(([inputs, outputs, m]) =>
  fc.record({
    inputs: fc.constant(inputs),
    outputs: fc.constant(outputs),
    m: fc.constant(m),
    W: integers(inputs * outputs),
    b: integers(outputs),
    x: integers(m * inputs),
  }),
);

describe('linear', () => {
  test('is Σ W[h,j]·x[j] + b[h], exactly for integers, for any shape', () => {
    fc.assert(
      fc.property(anyLinear, ({ inputs, outputs, m, W, b, x }) => {
        const z = linear(W, b, x);
        expect(z.length).toBe(m * outputs);
        for (let i = 0; i < m; i++) {
          const sample = [...x.subarray(i * inputs, (i + 1) * inputs)];
          for (let h = 0; h < outputs; h++) {
            const products = sample.map((value, j) => W[h * inputs + j]! * value);
            expect(z[i * outputs + h]).toBe(products.reduce((sum, product) => sum + product, b[h]!));
          }
        }
      }),
    );
  });

  test('propagates NaN and ∞ in the samples that contain them, and in no other', () => {
    const z = linear(
      Float64Array.of(1, 2),
      Float64Array.of(3),
      Float64Array.of(1, Number.NaN, Infinity, 1, 1, 1),
    );
    expect([...z]).toEqual([Number.NaN, Infinity, 6]);
  });

  test('linearInto overwrites any old values with the same result', () => {
    fc.assert(
      fc.property(anyLinear, ({ outputs, m, W, b, x }) => {
        const z = new Float64Array(m * outputs).fill(Number.NaN);
        linearInto(z, W, b, x);
        expect(firstDifference(z, linear(W, b, x))).toBe(-1);
      }),
    );
  });
});
