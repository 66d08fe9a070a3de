import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  agree,
  type BackpropagationValues,
  describeBackward,
  formatApart,
  formatPower,
  gradientNames,
  knownAt,
  runBackward,
  worstByEpsilon,
} from './backward-run.ts';

const { x, label, before } = workedExample;
const values: BackpropagationValues = { x, label, ...before };
const golden = { ...workedExample, da1: workedExample.W2TransposedDz2 };
const run = runBackward(values, 1e-6);

describe('the backward pass, number by number', () => {
  test.each(gradientNames)('%s is that of the worked example within 1e-15', (name) => {
    const { byRule } = run.gradients[name];
    expect(byRule).toHaveLength(golden[name].length);
    for (const [k, value] of golden[name].entries()) expect(Math.abs(byRule[k]! - value)).toBeLessThan(1e-15);
  });

  test.each(gradientNames)('%s is its central difference within 1e-9', (name) => {
    const { byDifference } = run.gradients[name];
    expect(byDifference).toHaveLength(golden[name].length);
    for (const [k, value] of golden[name].entries()) {
      expect(Math.abs(byDifference[k]! - value)).toBeLessThan(1e-9);
    }
  });

  test('the estimates are computed, not copied from the rules', () => {
    const { byRule, byDifference } = run.gradients.dW1;
    expect(byDifference).not.toEqual(byRule);
    const rough = runBackward(values, 0.1);
    expect(Math.abs(rough.gradients.dW1.byDifference[4]! - byRule[4]!)).toBeGreaterThan(1e-7);
  });

  test('computes each number once, in the order of their dependencies', () => {
    expect(run.steps.map(({ name }) => name)).toEqual([
      'after the forward pass',
      'dz2[0] = a2[0] − y[0]',
      'dz2[1] = a2[1] − y[1]',
      'dW2[0][0] = dz2[0] · a1[0]',
      'dW2[0][1] = dz2[0] · a1[1]',
      'dW2[1][0] = dz2[1] · a1[0]',
      'dW2[1][1] = dz2[1] · a1[1]',
      'db2[0] = dz2[0]',
      'db2[1] = dz2[1]',
      'da1[0] = W2[0][0] · dz2[0] + W2[1][0] · dz2[1]',
      'da1[1] = W2[0][1] · dz2[0] + W2[1][1] · dz2[1]',
      'dz1[0] = da1[0] · ReLU′(z1[0])',
      'dz1[1] = da1[1] · ReLU′(z1[1])',
      'dW1[0][0] = dz1[0] · x[0]',
      'dW1[0][1] = dz1[0] · x[1]',
      'dW1[0][2] = dz1[0] · x[2]',
      'dW1[1][0] = dz1[1] · x[0]',
      'dW1[1][1] = dz1[1] · x[1]',
      'dW1[1][2] = dz1[1] · x[2]',
      'db1[0] = dz1[0]',
      'db1[1] = dz1[1]',
    ]);
  });

  test('shows after each step the numbers computed so far, and no others', () => {
    const known = (at: number) => gradientNames.map((name) => knownAt(run, at, name));
    expect(known(0)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(known(4)).toEqual([2, 2, 0, 0, 0, 0, 0]);
    expect(known(20)).toEqual([2, 4, 2, 2, 2, 6, 2]);
  });

  test('describes each step by names, numbers and its estimate', () => {
    expect(describeBackward(run, 0, 1e-6)).toBe(
      'The loss is 0.70118. 20 steps lead back to the gradients of all 14 parameters.',
    );
    expect(describeBackward(run, 6, 1e-6)).toMatch(
      /^dW2\[1\]\[1\] = dz2\[1\] · a1\[1\]: \(−0\.504\) × 0\.14 = −0\.07056\. With W2\[1\]\[1\] changed by ±10⁻⁶, the loss has the slope −0\.07056: the difference is .* × 10⁻¹.\.$/,
    );
    expect(describeBackward(run, 9, 1e-6)).toMatch(/: 0\.3 × 0\.504 \+ \(−0\.1\) × \(−0\.504\) = 0\.20160\./);
    expect(describeBackward(run, 20, 1e-6)).toMatch(
      / All 14 parameters pass the gradient check; the largest difference is .* × 10⁻¹.\.$/,
    );
  });
});

describe('disagreements are described', () => {
  test('with the other class the output layer’s gradients change their sign', () => {
    const { dz2 } = runBackward({ ...values, label: 0 }, 1e-6).gradients;
    expect(dz2.byRule[0]).toBeCloseTo(workedExample.a2[0]! - 1, 14);
    expect(dz2.byRule[1]).toBeCloseTo(workedExample.a2[1]!, 14);
  });

  test('an ε that is too small to change the loss gives 0 instead of the gradient', () => {
    const tiny = runBackward(values, 1e-17);
    expect(tiny.gradients.db1.byDifference).toEqual([0, 0]);
    expect(tiny.check.failures).toBeGreaterThan(0);
    expect(describeBackward(tiny, 20, 1e-17)).toMatch(/they disagree.*parameters fail the gradient check/);
  });

  test('on ReLU’s kink the slopes of the two sides differ, so the estimate is half of the active neuron’s gradient', () => {
    const kink = runBackward({ ...values, b1: [0.12000000000000002, -0.1] }, 1e-6);
    expect(Math.abs(kink.operands.z1[0]!)).toBeLessThan(1e-15);
    const [{ byRule, byDifference }] = [kink.gradients.dz1];
    expect(agree(byRule[0]!, byDifference[0]!)).toBe(false);
    expect(byDifference[0]).toBeCloseTo(kink.gradients.da1.byRule[0]! / 2, 6);
    const why =
      /z1\[0\] is 0, on ReLU’s kink: the loss has a different slope on either side, so no gradient exists there\./;
    const dz1 = kink.steps.findIndex(({ name }) => name.startsWith('dz1[0]'));
    expect(describeBackward(kink, dz1, 1e-6)).toMatch(why);
    expect(describeBackward(kink, dz1 - 1, 1e-6)).not.toMatch(why);
    expect(describeBackward(kink, kink.steps.length - 1, 1e-6)).toMatch(why);
    expect(describeBackward(run, run.steps.length - 1, 1e-6)).not.toMatch(why);
  });
});

test('the best ε is in the middle: a larger one has curvature, a smaller one rounding errors', () => {
  const points = worstByEpsilon(values);
  expect(points.map(([k]) => k)).toEqual([-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13]);
  const best = points.toSorted(([, a], [, b]) => a - b)[0]!;
  expect(best[0]).toBeGreaterThan(-8);
  expect(best[0]).toBeLessThan(-2);
  expect(points[0]![1]).toBeGreaterThan(best[1] + 3);
  expect(points.at(-1)![1]).toBeGreaterThan(best[1] + 3);
});

test('differences and powers are written with their exponent', () => {
  expect(formatApart(0)).toBe('0');
  expect(formatApart(2.5e-11)).toBe('2.500 × 10⁻¹¹');
  expect(formatPower(1e-6)).toBe('10⁻⁶');
  expect(formatPower(0.1)).toBe('10⁻¹');
});
