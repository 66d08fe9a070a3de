import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstDifference } from '../../test/distance.ts';
import { relu, reluDerivative, reluInto, softmax, softmaxInto } from './activations.ts';
import { exp } from './elementary.ts';

/** Logits that are multiples of 2⁻¹⁰, so that sums and differences are exact. */
const gridLogit = fc.integer({ min: -40_960, max: 40_960 }).map((n) => n / 1024);
const gridLogits = fc.array(gridLogit, { minLength: 1, maxLength: 12 }).map((z) => Float64Array.from(z));

describe('relu', () => {
  test('is z above 0 and otherwise +0, also for −0', () => {
    expect([...relu(Float64Array.of(3.5, -2.1, 0, -0, 5e-324, -5e-324))]).toEqual([3.5, 0, 0, 0, 5e-324, 0]);
  });

  test('keeps +∞ and NaN, and gives 0 for −∞', () => {
    expect([...relu(Float64Array.of(Infinity, -Infinity, Number.NaN))]).toEqual([Infinity, 0, Number.NaN]);
  });

  test('is empty for an empty vector', () => {
    expect(relu(new Float64Array(0))).toEqual(new Float64Array(0));
  });

  test('does not change z; reluInto may overwrite z', () => {
    const z = Float64Array.of(-1, 2);
    expect(relu(z)).toEqual(Float64Array.of(0, 2));
    expect(z).toEqual(Float64Array.of(-1, 2));
    reluInto(z, z);
    expect(z).toEqual(Float64Array.of(0, 2));
  });
});

describe('reluDerivative', () => {
  test('is 1 above 0 and otherwise 0, also at the kink and for NaN', () => {
    const z = Float64Array.of(3.5, 5e-324, 0, -0, -2.1, Infinity, -Infinity, Number.NaN);
    expect([...reluDerivative(z)]).toEqual([1, 1, 0, 0, 0, 1, 0, 0]);
  });
});

describe('softmax', () => {
  // Each e^z has an error of at most 1 ulp, the sum of C − 1 half units, each quotient of half a unit: together at
  // most C·ε with ε = 2⁻⁵².
  test('sums to 1 within C·ε, each probability from 0 to 1', () => {
    fc.assert(
      fc.property(gridLogits, (z) => {
        const a = softmax(z);
        expect(a.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
        const sum = a.reduce((total, probability) => total + probability, 0);
        expect(Math.abs(sum - 1)).toBeLessThanOrEqual(z.length * Number.EPSILON);
      }),
    );
  });

  test('does not change in any bit when all logits are shifted by an exact amount', () => {
    fc.assert(
      fc.property(gridLogits, gridLogit, (z, shift) => {
        expect(firstDifference(softmax(z.map((logit) => logit + shift)), softmax(z))).toBe(-1);
      }),
    );
  });

  test('keeps the order of the logits', () => {
    fc.assert(
      fc.property(gridLogits, (z) => {
        const a = softmax(z);
        for (let c = 1; c < z.length; c++) if (z[c]! > z[0]!) expect(a[c]! >= a[0]!).toBe(true);
      }),
    );
  });

  test('gives odds of e to the difference of the logits, within 4·ε relative', () => {
    fc.assert(
      fc.property(gridLogit, (difference) => {
        const [p, q] = softmax(Float64Array.of(0, -Math.abs(difference))) as unknown as [number, number];
        const odds = exp(-Math.abs(difference));
        expect(Math.abs(q / p - odds)).toBeLessThanOrEqual(4 * Number.EPSILON * odds);
      }),
    );
  });

  test('gives each sample of a batch the same bits as the sample alone', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(gridLogit, gridLogit, gridLogit), { minLength: 1 }), (samples) => {
        const batch = softmax(Float64Array.from(samples.flat()), 3);
        const single = samples.flatMap((z) => [...softmax(Float64Array.from(z))]);
        expect(firstDifference(batch, single)).toBe(-1);
      }),
    );
  });

  test('is exactly 1 for one class', () => {
    expect([...softmax(Float64Array.of(-1000, 0, 1000), 1)]).toEqual([1, 1, 1]);
  });

  test('is exact for saturated logits', () => {
    expect([...softmax(Float64Array.of(1000, -1000))]).toEqual([1, 0]);
    expect([...softmax(Float64Array.of(1000, 1000))]).toEqual([0.5, 0.5]);
    expect([...softmax(Float64Array.of(-1000, -1000, -1000, -1000))]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([...softmax(Float64Array.of(Number.MAX_VALUE, -Number.MAX_VALUE))]).toEqual([1, 0]);
  });

  test('gives −∞ probability 0', () => {
    expect([...softmax(Float64Array.of(-Infinity, 3, 3))]).toEqual([0, 0.5, 0.5]);
  });

  test('is NaN for a sample with +∞, with NaN or with −∞ alone, and for no other sample', () => {
    const { NaN: nan } = Number;
    const z = [
      [Infinity, 0],
      [nan, 0],
      [0, nan],
      [-Infinity, -Infinity],
      [7, 7],
    ];
    const expected = [nan, nan, nan, nan, nan, nan, nan, nan, 0.5, 0.5];
    expect([...softmax(Float64Array.from(z.flat()), 2)]).toEqual(expected);
  });

  test('does not change z; softmaxInto may overwrite z', () => {
    const z = Float64Array.of(5, 5);
    expect(softmax(z)).toEqual(Float64Array.of(0.5, 0.5));
    expect(z).toEqual(Float64Array.of(5, 5));
    softmaxInto(z, z, 2);
    expect(z).toEqual(Float64Array.of(0.5, 0.5));
  });
});
