import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  countRises,
  type DescentSetup,
  descend,
  descentStart,
  describeDescent,
  mostSteps,
} from './descent.ts';

const { x, label, learningRate, before, after, afterPass, loss } = workedExample;
const setup: DescentSetup = {
  parameters: [...before.W1, ...before.b1, ...before.W2, ...before.b2],
  one: { x, labels: [label] },
  learningRate,
};
const start = descentStart(setup);

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(Math.abs(actual[k]! - value)).toBeLessThan(1e-15);
}

describe('one step on the worked example', () => {
  const descent = descend(setup, start);

  test('ends with its parameters, probabilities and losses within 1e-15', () => {
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      expectClose(descent.before[name], before[name]);
      expectClose(descent.after[name], after[name]);
    }
    expectClose(descent.before.a2, workedExample.a2);
    expectClose(descent.after.a2, afterPass.a2);
    expectClose(descent.losses, [loss, afterPass.loss]);
    expect(descent.usual).toEqual(descent.losses);
    expect(descent.dead).toEqual([0]);
  });

  test('is described in a sentence', () => {
    expect(describeDescent(descent)).toBe(
      'After 1 step with learning rate 0.1 the loss has fallen from 0.70118 to 0.63372. The true class 1 gets 53.1 % instead of 49.6 %.',
    );
    expect(describeDescent(descend(setup, { ...start, steps: 0 }))).toBe(
      'Before any step the loss is 0.70118.',
    );
  });
});

test('the loss of a single sample falls at every step', () => {
  const { losses } = descend(setup, { ...start, steps: mostSteps });
  expect(losses).toHaveLength(mostSteps + 1);
  expect(countRises(losses)).toBe(0);
  expect(losses.at(-1)).toBeLessThan(0.01);
});

describe('four samples', () => {
  const four = (rate: number, steps = mostSteps) =>
    descend(setup, { samples: 'four', learningRate: rate, steps });

  test('are learned with the tutorial’s learning rate, and the loss never rises', () => {
    const descent = four(0.1);
    expect(descent.after.correct).toBe(4);
    expect(countRises(descent.losses)).toBe(0);
    expect(describeDescent(descent)).toMatch(/4 of 4 samples are predicted correctly, 2 before\.$/);
  });

  test('are hardly learned with a tenth of it', () => {
    expect(four(0.01).after.loss).toBeGreaterThan(0.6);
  });

  test('make both neurons dead with learning rate 3: the loss rises and stays at that of a coin toss', () => {
    const descent = four(3);
    expect(Math.max(...descent.losses)).toBeGreaterThan(descent.losses[0]!);
    expect(descent.dead).toEqual([0, 1]);
    expect(descent.after.loss).toBeCloseTo(Math.log(2), 3);
    expect(describeDescent(descent)).toMatch(
      /On the way it rose \d+ times\. Both hidden neurons are dead, so the output no longer depends on the input\.$/,
    );
  });

  test('have the losses of the tutorial’s rate beside those of any other', () => {
    expect(four(3).usual).toEqual(four(0.1).losses);
  });
});
