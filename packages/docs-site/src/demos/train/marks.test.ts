import { describe, expect, test } from 'vitest';
import { curveOf, describeMark, lossDomain, type Mark, nextMark } from './marks.ts';

const mark: Mark = {
  steps: 471,
  epochs: 3,
  trainLoss: 0.5,
  trainAccuracy: 0.85,
  testLoss: 0.41,
  testAccuracy: 0.882,
};

describe('marks', () => {
  test('come at each eighth of the first epoch, then at the end of each epoch, wherever a run was stopped', () => {
    const marks: number[] = [];
    for (let steps = 0; steps < 48; steps = marks.at(-1)!) marks.push(nextMark(steps, 16));
    expect(marks).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 32, 48]);
    expect(nextMark(3, 16)).toBe(4);
    expect(nextMark(17, 16)).toBe(32);
    expect(nextMark(0, 1)).toBe(1);
    expect(nextMark(0, 3)).toBe(1);
  });

  test('make curves, without the marks that lack the value', () => {
    const start = { ...mark, epochs: 0, trainLoss: undefined };
    expect(curveOf([start, mark], 'trainLoss')).toEqual([[3, 0.5]]);
    expect(curveOf([start, mark], 'testAccuracy')).toEqual([
      [0, 0.882],
      [3, 0.882],
    ]);
    expect(
      lossDomain([
        { ...mark, testLoss: 4 },
        { ...mark, testLoss: Number.NaN },
      ]),
    ).toEqual([0, 4.2]);
  });
});

test('describes the progress of a run', () => {
  expect(describeMark(mark, 2000)).toBe(
    'After 3 epochs, 471 steps: 88.2 % test accuracy (2,000 images), loss 0.410.',
  );
  expect(describeMark({ ...mark, steps: 1, epochs: 1 / 157 }, 2000)).toMatch(/^After 1 step: 88\.2 %/);
  expect(describeMark({ ...mark, steps: 0, epochs: 0 }, 2000)).toBe(
    'Untrained: 88.2 % test accuracy (2,000 images).',
  );
  expect(describeMark({ ...mark, testLoss: Number.NaN }, 2000)).toBe(
    'Training diverged after 471 steps: the loss is not finite. Lower the learning rate.',
  );
});
