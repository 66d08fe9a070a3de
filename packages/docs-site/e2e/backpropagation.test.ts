import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { useDemoPage } from './demo-page.ts';

/** Compares within a tolerance, as zeros of both signs are equal. */
function expectClose(actual: readonly number[], expected: readonly number[], within: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(Math.abs(actual[k]! - value)).toBeLessThan(within);
}

describe('backpropagation', () => {
  const { demo, page, numbers, result, told, tap } = useDemoPage(
    'tutorial/backpropagation/',
    'The backward pass, number by number',
  );
  const next = () => demo().getByRole('button', { name: 'Next' });
  const steps = () => demo().getByRole('slider', { name: /^Step/ });
  const gradient = (name: string) => demo().locator(`[data-gradient="${name}"]`);
  const byRule = (name: string) => numbers(`[data-matrix="${name}"]`);
  const measured = (name: string) => numbers(`[data-measured="${name}"]`);

  const golden = { ...workedExample, da1: workedExample.W2TransposedDz2 };
  const names = ['dz2', 'dW2', 'db2', 'da1', 'dz1', 'dW1', 'db1'] as const;

  test('computes the gradients of the fixtures number by number, with an estimate of each', async () => {
    expect(await byRule('dz2')).toEqual([]);
    for (let step = 1; step <= 4; step++) await next().click();
    expect(await result()).toMatch(
      /^dW2\[0\]\[1\] = dz2\[0\] · a1\[1\]: 0\.504 × 0\.14 = 0\.07056\. With W2\[0\]\[1\] changed by ±10⁻⁶/,
    );
    expectClose(await byRule('dW2'), workedExample.dW2.slice(0, 2), 1e-14);
    expect(await byRule('db2')).toEqual([]);
    await demo().getByRole('button', { name: 'Back' }).click();
    expect(await byRule('dW2')).toHaveLength(1);
    for (let step = 4; step <= 20; step++) await next().tap();
    for (const name of names) {
      expectClose(await byRule(name), golden[name], 1e-14);
      expectClose(await measured(name), golden[name], 1e-8);
      expect(await gradient(name).textContent()).toContain('✓');
    }
    expect(await result()).toMatch(
      / All 14 parameters pass the gradient check; the largest difference is .*\.$/,
    );
  });

  test('by touch: another true class changes the signs, and on the kink the estimate disagrees', async () => {
    await tap('Make class 0 the true class');
    await tap('Go to the end');
    expectClose(await byRule('dz2'), [workedExample.a2[0]! - 1, workedExample.a2[1]!], 1e-14);
    await tap('Put hidden neuron 0 on ReLU’s kink');
    expect(await gradient('dz1').textContent()).toContain('✗ different');
    await told('parameters fail the gradient check');
    await tap('Start again');
    expect(await steps().inputValue()).toBe('0');
    await demo().getByText('Change the network and the sample').tap();
    expect(await demo().getByRole('radio', { name: '1' }).isChecked()).toBe(true);
  });

  test('by keyboard alone: steps through, is announced, edits a cell and chooses ε', async () => {
    await steps().focus();
    await page().keyboard.press('End');
    await told('All 14 parameters pass the gradient check');
    await page().keyboard.press('Home');
    await page().keyboard.press('ArrowRight');
    expect(await result()).toMatch(/^dz2\[0\] = a2\[0\] − y\[0\]: 0\.50400 − 0 = 0\.50400\./);
    await page().keyboard.press('End');

    await page().keyboard.press('Tab');
    await page().keyboard.press('Enter');
    await page().keyboard.press('Tab');
    await page().keyboard.type('0');
    expectClose((await byRule('dW1')).slice(0, 3), [0, 0, 0], 1e-14);
    await demo().getByRole('spinbutton', { name: 'x, row 0' }).fill('5');
    expect((await byRule('dW1'))[0]).not.toBe(0);

    await demo().getByText('Choose ε').press('Enter');
    const epsilon = demo().getByRole('slider', { name: 'ε: 10 to −' });
    await epsilon.press('End');
    expect(await demo().textContent()).toContain('with ε = 10⁻¹³');
    const [rule, difference] = [await byRule('db1'), await measured('db1')];
    expect(Math.abs(rule[1]! - difference[1]!)).toBeGreaterThan(1e-6);
  });
});
