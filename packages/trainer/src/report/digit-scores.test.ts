import { expect, test } from 'vitest';
import { digitScores } from './digit-scores.ts';

test('precision by the column, recall by the row; without a denominator there is none', () => {
  // Class 1 is never predicted, class 2 never there.
  const counts = Uint32Array.from([...[6, 0, 2], ...[3, 0, 1], ...[0, 0, 0]]);
  expect(digitScores(counts, 3)).toEqual([
    { digit: 0, support: 8, predicted: 9, precision: 6 / 9, recall: 6 / 8 },
    { digit: 1, support: 4, predicted: 0, precision: undefined, recall: 0 },
    { digit: 2, support: 0, predicted: 3, precision: 0, recall: undefined },
  ]);
});
