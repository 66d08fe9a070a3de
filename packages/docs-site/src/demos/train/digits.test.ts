import { describe, expect, test } from 'vitest';
import { splitDigits } from './digits.ts';

describe('the digits', () => {
  test('are split into a training set and a test set', () => {
    const bytes = Uint8Array.from({ length: 3 * 785 }, (_, k) => (k < 3 ? k : k % 251));
    const { train, test: tests } = splitDigits(bytes, 2);
    expect([...train.labels, ...tests.labels]).toEqual([0, 1, 2]);
    expect(train.images).toEqual(bytes.slice(3, 3 + 2 * 784));
    expect(tests.images).toEqual(bytes.slice(3 + 2 * 784));
  });

  test.each([2 * 785, 3 * 785 - 1])('a file of %i bytes is not complete', (length) => {
    expect(() => splitDigits(new Uint8Array(length), 2)).toThrow(
      `digits: expected more than 2 samples of 785 bytes, got ${length} bytes`,
    );
  });
});
