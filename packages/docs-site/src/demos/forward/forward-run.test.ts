import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { describeForward, type ForwardValues, runForward } from './forward-run.ts';

const { x, before } = workedExample;
const values: ForwardValues = { x, ...before };

describe('the forward pass, product by product', () => {
  const run = runForward(values);

  test('ends with the numbers of the worked example within 1e-15', () => {
    for (const quantity of ['z1', 'a1', 'z2', 'a2'] as const) {
      for (const [k, value] of workedExample[quantity].entries()) {
        expect(Math.abs(run[quantity][k]! - value)).toBeLessThan(1e-15);
      }
    }
  });

  test('has a step for each product, each bias, each ReLU, and one for softmax', () => {
    expect(run.steps.map(({ name }) => name)).toEqual([
      'the input',
      'W1[0][0] · x[0]',
      'W1[0][1] · x[1]',
      'W1[0][2] · x[2]',
      'z1[0] = the products + b1[0]',
      'a1[0] = ReLU(z1[0])',
      'W1[1][0] · x[0]',
      'W1[1][1] · x[1]',
      'W1[1][2] · x[2]',
      'z1[1] = the products + b1[1]',
      'a1[1] = ReLU(z1[1])',
      'W2[0][0] · a1[0]',
      'W2[0][1] · a1[1]',
      'z2[0] = the products + b2[0]',
      'W2[1][0] · a1[0]',
      'W2[1][1] · a1[1]',
      'z2[1] = the products + b2[1]',
      'a2 = softmax(z2)',
    ]);
  });

  test('its products and biases add up to core’s sums within 1e-15', () => {
    const productsOf = (name: string) =>
      run.steps.filter((step) => step.name.startsWith(`${name}[`)).map(({ value }) => value);
    const sumOf = (terms: readonly number[]) => terms.reduce((a, b) => a + b, 0);
    const W1 = productsOf('W1').slice(0, 3);
    expect(Math.abs(sumOf([...W1, before.b1[0]!]) - run.z1[0]!)).toBeLessThan(1e-15);
    const W2 = productsOf('W2').slice(2, 4);
    expect(Math.abs(sumOf([...W2, before.b2[1]!]) - run.z2[1]!)).toBeLessThan(1e-15);
  });

  test('shows after each step the numbers computed so far, and no others', () => {
    expect(run.steps[0]!.known).toEqual({ z1: 0, a1: 0, z2: 0, a2: 0 });
    expect(run.steps[3]!.known).toEqual({ z1: 0, a1: 0, z2: 0, a2: 0 });
    expect(run.steps[5]!.known).toEqual({ z1: 1, a1: 1, z2: 0, a2: 0 });
    expect(run.steps.at(-1)!.known).toEqual({ z1: 2, a1: 2, z2: 2, a2: 2 });
  });

  test('describes each step by names and numbers', () => {
    expect(describeForward(run, 0)).toBe('17 steps lead from the input to the probabilities.');
    expect(describeForward(run, 2)).toBe('W1[0][1] · x[1]: −0.3 × 0.8 = −0.24000.');
    expect(describeForward(run, 4)).toBe(
      'z1[0] = the products + b1[0]: 0.10000 + (−0.24000) + 0.02000 + 0.10000 = −0.02000.',
    );
    expect(describeForward(run, 5)).toBe('a1[0] = ReLU(z1[0]): −0.02000 is not positive, so it becomes 0.');
    expect(describeForward(run, 17)).toBe(
      'a2 = softmax(z2): class 0 gets 50.4 %, class 1 gets 49.6 %. The network predicts class 0.',
    );
  });

  test('recomputes after an edit', () => {
    const woken = runForward({ ...values, b1: [0.2, -0.1] });
    expect(woken.a1[0]).toBeCloseTo(0.08, 15);
    expect(woken.a2[0]).not.toBe(run.a2[0]);
  });
});
