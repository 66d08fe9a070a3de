import { expect, test } from 'vitest';
import { classScores, confusedPairs, lowestRecallFirst } from './class-scores.ts';

// Class b is never predicted, class c never there.
const counts = Uint32Array.from(
  [
    [6, 0, 2],
    [3, 0, 1],
    [0, 0, 0],
  ].flat(),
);
const scores = classScores(counts, ['a', 'b', 'c']);

test('precision by the column, recall by the row; without a denominator there is none', () => {
  expect(scores).toEqual([
    { output: 0, name: 'a', support: 8, predicted: 9, precision: 6 / 9, recall: 6 / 8 },
    { output: 1, name: 'b', support: 4, predicted: 0, precision: undefined, recall: 0 },
    { output: 2, name: 'c', support: 0, predicted: 3, precision: 0, recall: undefined },
  ]);
});

test('the lowest recall comes first, and a class without images last', () => {
  expect(lowestRecallFirst(scores).map(({ name }) => name)).toEqual(['b', 'a', 'c']);
});

test('the pairs that are confused most often', () => {
  expect(confusedPairs(counts, scores, 2)).toEqual([
    { label: 'b', prediction: 'a', images: 3, support: 4 },
    { label: 'a', prediction: 'c', images: 2, support: 8 },
  ]);
});
