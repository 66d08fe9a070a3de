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
  test('come at each eighth of the first epoch, then at the end of each, wherever a run was stopped', () => {
    const marks: number[] = [];
    for (let steps = 0; steps < 48; steps = marks.at(-1)!) marks.push(nextMark(steps, 16));
    expect(marks).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 32, 48]);
    expect(nextMark(3, 16)).toBe(4);
    expect(nextMark(17, 16)).toBe(32);
    expect(nextMark(0, 1)).toBe(1);
    expect(nextMark(0, 3)).toBe(1);
  });

  test('make curves, and leave out what a mark does not know', () => {
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

test('says where a run stands', () => {
  expect(describeMark(mark, 2000)).toBe(
    'After 3 epochs, 471 steps: 88.2 % of 2,000 test images right, loss 0.410.',
  );
  expect(describeMark({ ...mark, steps: 1, epochs: 1 / 157 }, 2000)).toMatch(/^After 1 step: 88\.2 %/);
  expect(describeMark({ ...mark, steps: 0, epochs: 0 }, 2000)).toBe(
    'Untrained: 88.2 % of 2,000 test images right.',
  );
  expect(describeMark({ ...mark, testLoss: Number.NaN }, 2000)).toBe(
    'After 471 steps the numbers are no longer finite: the learning rate is too high.',
  );
});
