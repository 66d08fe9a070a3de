import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { philoxInto } from './philox.ts';
import { createRandomStream, permutationInto, type RandomStream, shuffle } from './random-stream.ts';

function draws(random: RandomStream, count: number): number[] {
  return Array.from({ length: count }, () => random.nextUint32());
}

function permutation(n: number, seed: number, epoch: number): number[] {
  const order = new Uint32Array(n);
  permutationInto(order, createRandomStream(seed, 'permutation', epoch));
  return [...order];
}

/** χ² = Σ (seen − expected)² / expected, for equal probabilities. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('createRandomStream', () => {
  test('draws the Philox blocks of counter (block, 0, number, purpose) with the seed’s halves as key', () => {
    const blocks = [0, 1, 2].flatMap((block) => {
      const words = new Uint32Array(4);
      philoxInto(words, Uint32Array.of(block, 0, 9, 3), 7, 3);
      return [...words];
    });
    expect(draws(createRandomStream(3 * 2 ** 32 + 7, 'permutation', 9), 12)).toEqual(blocks);
  });

  test('gives each seed, purpose and number its own sequence, always the same', () => {
    const first = new Map<string, string>();
    for (const seed of [0, 1, 42, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      for (const purpose of ['initialization', 'split', 'permutation'] as const) {
        for (const number of [0, 1, 2, 2 ** 32 - 1]) {
          const drawn = draws(createRandomStream(seed, purpose, number), 8).join(' ');
          expect(draws(createRandomStream(seed, purpose, number), 8).join(' ')).toBe(drawn);
          expect(first.get(drawn)).toBeUndefined();
          first.set(drawn, `${seed} ${purpose} ${number}`);
        }
      }
    }
    expect(first.size).toBe(6 * 3 * 4);
  });

  // A second implementation, in Python, computed these numbers. They must never change, because every hash of a trained
  // model depends on them.
  test('draws these numbers for seed 42', () => {
    expect(draws(createRandomStream(42, 'initialization'), 6)).toEqual([
      541301508, 2550652962, 1410988607, 3371850285, 528846114, 1519611893,
    ]);
    expect(draws(createRandomStream(42, 'split'), 6)).toEqual([
      1405155954, 804633687, 1932745474, 315159657, 1617040079, 3582781886,
    ]);
    expect(draws(createRandomStream(42, 'permutation', 1), 6)).toEqual([
      3698980342, 1291683702, 478768619, 2510523244, 1219629279, 2179536601,
    ]);
    expect(permutation(10, 42, 0)).toEqual([5, 0, 1, 3, 8, 7, 9, 2, 4, 6]);
  });
});

describe('nextUnit', () => {
  test('is a multiple of 2⁻²⁴ in [0, 1), which float32 represents exactly', () => {
    const random = createRandomStream(1, 'initialization');
    for (let k = 0; k < 10_000; k++) {
      const unit = random.nextUnit();
      expect(unit >= 0 && unit < 1 && Number.isInteger(unit * 2 ** 24)).toBe(true);
    }
  });

  test('has mean 1/2 and variance 1/12 within four standard errors over 2¹⁶ draws', () => {
    const random = createRandomStream(1, 'initialization');
    const count = 2 ** 16;
    const units = Array.from({ length: count }, () => random.nextUnit() - 0.5);
    const mean = units.reduce((sum, unit) => sum + unit, 0) / count;
    const variance = units.reduce((sum, unit) => sum + unit ** 2, 0) / count;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    // The variance of (u − ½)² is 1/80 − 1/144 = 1/180.
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / count));
  });
});

describe('nextBelow', () => {
  test('is from 0 to n − 1 for any n', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seed, n) => {
        const random = createRandomStream(seed, 'split');
        for (let k = 0; k < 20; k++) {
          const drawn = random.nextBelow(n);
          expect(Number.isInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
        }
      }),
    );
  });

  test('reaches both bounds', () => {
    const random = createRandomStream(5, 'split');
    const drawn = new Set(Array.from({ length: 100 }, () => random.nextBelow(3)));
    expect(drawn).toEqual(new Set([0, 1, 2]));
    expect(Array.from({ length: 10 }, () => random.nextBelow(1))).toEqual(Array(10).fill(0));
  });

  test('gives ten numbers the same probability: χ² below 27.88, exceeded by chance once in a thousand', () => {
    const random = createRandomStream(6, 'split');
    const counts = Array<number>(10).fill(0);
    for (let k = 0; k < 50_000; k++) counts[random.nextBelow(10)]!++;
    expect(chiSquare(counts)).toBeLessThan(27.88);
  });

  // For n = 3·2³⁰, draw × n without a second draw makes every third number twice as probable as the others.
  test('is unbiased where 2³² is far from a multiple of n: χ² below 13.82, exceeded once in a thousand', () => {
    const random = createRandomStream(7, 'split');
    const counts = [0, 0, 0];
    for (let k = 0; k < 10_000; k++) counts[random.nextBelow(3 * 2 ** 30) % 3]!++;
    expect(chiSquare(counts)).toBeLessThan(13.82);
  });
});

describe('permutationInto', () => {
  test('writes each of 0 … n − 1 once, regardless of the old values', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(200), (seed, n) => {
        const order = new Uint32Array(n).fill(7);
        permutationInto(order, createRandomStream(seed, 'permutation'));
        expect(order.toSorted()).toEqual(Uint32Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  test('depends on seed and epoch alone', () => {
    expect(permutation(100, 3, 4)).toEqual(permutation(100, 3, 4));
    expect(permutation(100, 3, 4)).not.toEqual(permutation(100, 3, 5));
    expect(permutation(100, 3, 4)).not.toEqual(permutation(100, 4, 4));
  });
});

describe('shuffle', () => {
  test('gives the six orders of three the same probability: χ² below 20.52, exceeded once in a thousand', () => {
    const random = createRandomStream(8, 'permutation');
    const counts = new Map<string, number>();
    for (let k = 0; k < 12_000; k++) {
      const order = Uint32Array.of(0, 1, 2);
      shuffle(order, random);
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(chiSquare([...counts.values()])).toBeLessThan(20.52);
  });

  test('takes one draw less than there are values, and none for an empty array', () => {
    const random = createRandomStream(9, 'permutation');
    shuffle(new Uint32Array(0), random);
    shuffle(new Uint32Array(1), random);
    expect(random.nextUint32()).toBe(createRandomStream(9, 'permutation').nextUint32());
  });

  test('permutes any values', () => {
    const order = Uint32Array.of(11, 22, 33, 44);
    shuffle(order, createRandomStream(10, 'permutation'));
    expect(order.toSorted()).toEqual(Uint32Array.of(11, 22, 33, 44));
  });
});
