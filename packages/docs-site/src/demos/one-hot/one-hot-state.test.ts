import { tutorial, workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { describeOneHot, labels, type OneHotSetup, oneHotState } from './one-hot-state.ts';

const ten: OneHotSetup = {
  name: 'ten',
  probabilities: tutorial.examples.argmax.probabilities,
  label: 3,
};
const two: OneHotSetup = { name: 'two', probabilities: workedExample.a2, label: workedExample.label };

describe('a one-hot vector', () => {
  test.each(tutorial.examples.oneHot)('$label of $classes is the vector of the tutorial', (example) => {
    const setup = example.classes === 10 ? ten : two;
    expect(oneHotState(setup, example.label).rows.map(({ y }) => y)).toEqual(example.vector);
  });

  test.each(labels)('%i selects its own probability and no other', (label) => {
    expect(oneHotState(ten, label).sum).toBe(ten.probabilities[label]);
  });

  test('is an error of core if it is not a class', () => {
    const { refusal, rows } = oneHotState(two, 3);
    expect(rows).toEqual([]);
    expect(refusal).toBe('oneHot: labels[0] must be a whole number from 0 to 1, got 3');
  });
});

test('the sentence has the vector and the selected probability', () => {
  expect(describeOneHot(oneHotState(two, 1))).toBe(
    'Label 1 of 2 classes is [0, 1], and selects the probability 49.6 %.',
  );
  expect(describeOneHot(oneHotState(ten, 3))).toBe(
    'Label 3 of 10 classes is [0, 0, 0, 1, 0, 0, 0, 0, 0, 0], and selects the probability 85.0 %.',
  );
  expect(describeOneHot(oneHotState(two, 7))).toBe(
    'This label has no one-hot vector. oneHot: labels[0] must be a whole number from 0 to 1, got 7.',
  );
});
