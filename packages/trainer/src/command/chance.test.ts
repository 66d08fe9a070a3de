import { expect, test } from 'vitest';
import { warnOfChance } from './chance.ts';

function warnings(result: { loss: number | undefined; accuracy?: number }, classes: number): string[] {
  const told: string[] = [];
  warnOfChance(result, classes, (code, message) => told.push(`${code}: ${message}`));
  return told;
}

test.each([
  [{ loss: 16, accuracy: 0.0974 }, 10],
  [{ loss: Math.log(10), accuracy: 0.1 }, 10],
  [{ loss: 0.7, accuracy: 0.54 }, 2],
  [{ loss: 3.3 }, 26],
])('%j of %d classes is no better than guessing', (result, classes) => {
  expect(warnings(result, classes)).toHaveLength(1);
});

test.each([
  [{ loss: 2.3, accuracy: 0.09 }, 10],
  // Right four times of ten, and far too sure the other six times.
  [{ loss: 2.9, accuracy: 0.4 }, 10],
  [{ loss: 0.8, accuracy: 0.6 }, 2],
  [{ loss: undefined }, 10],
])('%j of %d classes is not warned of', (result, classes) => {
  expect(warnings(result, classes)).toEqual([]);
});

test('the warning has the loss and that of guessing', () => {
  expect(warnings({ loss: 16.04, accuracy: 0.0958 }, 10)).toEqual([
    'NO_BETTER_THAN_CHANCE: the loss is 16.04, no better than guessing among 10 classes (ln 10 = 2.30): a lower --lr or more --epochs may help',
  ]);
});
