import { expect, test } from 'vitest';
import { confusionOf } from './confusion.ts';

test('counts predictions by label and finds the most frequent mistake', () => {
  const { rows, wrong, worst } = confusionOf(Uint8Array.of(4, 9, 9, 9, 1), Uint8Array.of(4, 4, 4, 9, 7));
  expect(rows[4]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 2]);
  expect(rows[7]![1]).toBe(1);
  expect(wrong).toBe(3);
  expect(worst).toEqual({ label: 4, prediction: 9, count: 2 });
  expect(confusionOf(Uint8Array.of(4), Uint8Array.of(4)).worst).toBeUndefined();
});
