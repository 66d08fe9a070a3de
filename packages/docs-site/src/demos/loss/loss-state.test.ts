import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  describeLoss,
  type LossSettings,
  lossCurve,
  lossDomain,
  lossState,
  withTrueProbability,
} from './loss-state.ts';

const [a0, a1] = workedExample.a2 as [number, number];
const start: LossSettings = { a: [a0, a1], label: workedExample.label };

describe('cross-entropy', () => {
  test('has both losses of the worked example within 1e-15, and the logarithms', () => {
    const { losses, loss, rows } = lossState(start);
    expect(Math.abs(losses[0] - workedExample.lossIfLabel0)).toBeLessThan(1e-15);
    expect(Math.abs(losses[1] - workedExample.loss)).toBeLessThan(1e-15);
    expect(loss).toBe(losses[1]);
    for (const [k, { log, y }] of rows.entries()) {
      expect(Math.abs(log - workedExample.terms.logA2[k]!)).toBeLessThan(1e-15);
      expect(y).toBe(workedExample.y[k]);
    }
  });

  test.each([0, 1])('is the sum of its terms, of which one is not 0 (label %i)', (label) => {
    const { rows, loss } = lossState({ a: [0.2, 0.8], label });
    expect(rows.reduce((sum, { term }) => sum + term, 0)).toBe(loss);
    expect(rows.filter(({ term }) => term !== 0)).toHaveLength(1);
  });

  test('is 0 for probability 1 of the true class, and infinite for probability 0', () => {
    expect(lossState(withTrueProbability(start, 1)).loss).toBe(0);
    expect(lossState(withTrueProbability(start, 0)).loss).toBe(Number.POSITIVE_INFINITY);
  });
});

test('the other class gets the rest of the probability', () => {
  expect(withTrueProbability(start, 0.9).a).toEqual([0.1, 0.9]);
  expect(withTrueProbability({ ...start, label: 0 }, 0.9).a).toEqual([0.9, 0.1]);
});

test('the curve falls from above the window to 0', () => {
  const curve = lossCurve();
  expect(curve[0]![1]).toBeGreaterThan(lossDomain[1]);
  expect(curve.at(-1)).toEqual([1, 0]);
  for (const [p, loss] of curve) expect(-Math.log(p)).toBeCloseTo(loss, 12);
});

test('the sentence has both losses, or says that the loss is infinite', () => {
  expect(describeLoss(lossState(start))).toBe(
    'The true class 1 has 49.6 %, so the loss is −log 0.49600 = 0.70118. For the other class it would be 0.68518.',
  );
  expect(describeLoss(lossState({ ...start, label: 0 }))).toBe(
    'The true class 0 has 50.4 %, so the loss is −log 0.50400 = 0.68518. For the other class it would be 0.70118.',
  );
  expect(describeLoss(lossState(withTrueProbability(start, 1)))).toMatch(/= 0\.00000\. .* it would be ∞\.$/);
  expect(describeLoss(lossState(withTrueProbability(start, 0)))).toMatch(
    /^The true class has probability 0, so the loss is infinite/,
  );
});
