import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exponentialError, logarithmError } from '../../test/exact-elementary.ts';
import { exp, log } from './elementary.ts';

const LARGEST_ARGUMENT = 709.782712893384;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
const runs = { numRuns: 2000 };

function finite(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true });
}

/** The range from min to max in even steps, both ends included. */
function grid(min: number, max: number, steps: number): number[] {
  return Array.from({ length: steps + 1 }, (_, k) => Math.min(min + ((max - min) / steps) * k, max));
}

describe('the exact values that exp and log are compared with', () => {
  // Python's mpmath gives these distances.
  test('agree with another program', () => {
    expect(exponentialError(1, Math.E)).toBeCloseTo(0.32553, 5);
    expect(logarithmError(10, Math.LN10)).toBeCloseTo(0.48881, 5);
    expect(exponentialError(-745, 5e-324)).toBeCloseTo(0.42875, 5);
  });

  test('are exact at 0 and 1, and show an error of one unit', () => {
    expect(exponentialError(0, 1 + Number.EPSILON)).toBe(1);
    expect(logarithmError(1, 0)).toBe(0);
  });
});

describe('exp', () => {
  test.each([
    ['where softmax needs it', -40, 0],
    ['everywhere', -708, LARGEST_ARGUMENT],
    ['where it is subnormal', -745, -708],
    ['around 0', -0.35, 0.35],
  ])('is within 1 ulp of e^x %s, from %d to %d', (_, min, max) => {
    for (const x of grid(min, max, 2000)) expect(exponentialError(x, exp(x)), `x = ${x}`).toBeLessThan(1);
    fc.assert(
      fc.property(finite(min, max), (x) => {
        expect(exponentialError(x, exp(x))).toBeLessThan(1);
      }),
      runs,
    );
  });

  test('is exactly 1 at 0, and where 1 + x rounds to 1', () => {
    expect([0, -0, 5e-324, 1e-17, -1e-17].map(exp)).toEqual([1, 1, 1, 1, 1]);
  });

  test('overflows to ∞ and underflows to 0 where float64 does, and lets NaN through', () => {
    expect(exp(LARGEST_ARGUMENT)).toBeLessThan(Infinity);
    expect([709.7827128933841, 710, 711, 1e300, Infinity].map(exp)).toEqual(Array(5).fill(Infinity));
    expect(exp(-745.1332191019411)).toBe(5e-324);
    expect([-745.1332191019412, -746, -747, -1e300, -Infinity].map(exp)).toEqual(Array(5).fill(0));
    expect(exp(Number.NaN)).toBe(Number.NaN);
  });
});

describe('log', () => {
  test.each([
    ['where softmax needs it', 1, 10],
    ['of probabilities', 0, 1],
    ['around 1', 0.7, 1.42],
    ['everywhere', 0, Number.MAX_VALUE],
    ['of subnormal numbers', 0, SMALLEST_NORMAL],
  ])('is within 1 ulp of log x %s, from %d to %d', (_, min, max) => {
    for (const x of grid(max / 2000, max, 1999))
      expect(logarithmError(x, log(x)), `x = ${x}`).toBeLessThan(1);
    fc.assert(
      fc.property(finite(Math.max(min, Number.MIN_VALUE), max), (x) => {
        expect(logarithmError(x, log(x))).toBeLessThan(1);
      }),
      runs,
    );
  });

  test('is exactly 0 at 1, and k·ln 2 rounded at a power of two', () => {
    expect(log(1)).toBe(0);
    for (let k = -1074; k <= 1023; k++) expect(logarithmError(2 ** k, log(2 ** k)), `2^${k}`).toBeLessThan(1);
  });

  test('of 0 is −∞, of ∞ is ∞, of a negative number and of NaN is NaN', () => {
    const { NaN: nan } = Number;
    expect([0, -0, Infinity].map(log)).toEqual([-Infinity, -Infinity, Infinity]);
    expect([-5e-324, -1, -Infinity, nan].map(log)).toEqual([nan, nan, nan, nan]);
  });
});
