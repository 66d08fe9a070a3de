import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitForValidation } from './dataset.ts';

describe('splitForValidation', () => {
  test('every sample is on exactly one side, whatever the share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 1, max: 99 }),
        fc.nat(),
        (count, percent, seed) => {
          fc.pre(Math.round((count * percent) / 100) > 0 && Math.round((count * percent) / 100) < count);
          const { train, validation } = splitForValidation(count, percent / 100, seed);
          expect(validation.length).toBe(Math.round((count * percent) / 100));
          expect([...train, ...validation].toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: count }, (_, i) => i),
          );
        },
      ),
    );
  });

  test('0.2 of 60,000 is the tutorial’s 48,000 and 12,000, drawn by the seed', () => {
    const one = splitForValidation(60_000, 0.2, 1);
    expect([one.train.length, one.validation.length]).toEqual([48_000, 12_000]);
    expect(splitForValidation(60_000, 0.2, 1)).toEqual(one);
    expect(splitForValidation(60_000, 0.2, 2)).not.toEqual(one);
  });

  test('a share that leaves a side empty is refused', () => {
    expect(() => splitForValidation(3, 0.1, 1)).toThrow(
      'expected a validation split that leaves samples on both sides, got 0.1 of 3 samples',
    );
    expect(() => splitForValidation(3, 0.9, 1)).toThrow('got 0.9 of 3 samples');
    expect(splitForValidation(3, 0, 1).validation).toHaveLength(0);
  });
});
