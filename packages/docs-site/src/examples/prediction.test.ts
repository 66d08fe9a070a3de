import { tutorial, workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { confusion, digit, predictions, share } from './prediction.ts';

test('the example predicts what the tutorial does, and counts each sample once', () => {
  expect(digit).toBe(tutorial.examples.argmax.prediction);
  expect(predictions[0]).toBe(workedExample.prediction.before);
  const right = [...predictions].filter((prediction, i) => prediction === [1, 1, 0][i]).length;
  expect(share).toBe(right / 3);
  expect(confusion[0]! + confusion[3]!).toBe(right);
  expect(confusion.reduce((a, b) => a + b)).toBe(3);
});
