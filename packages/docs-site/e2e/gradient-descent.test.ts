import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { useDemoPage } from './demo-page.ts';

/** Compares within a tolerance, as zeros of both signs are equal. */
function expectClose(actual: readonly number[], expected: readonly number[], within: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(Math.abs(actual[k]! - value)).toBeLessThan(within);
}

describe('gradient descent', () => {
  const { demo, page, numbers, result, told, press, tap } = useDemoPage(
    'tutorial/gradient-descent/',
    'Down the slope of the loss',
    { keep: true },
  );
  const rate = () => demo().getByRole('slider', { name: 'Learning rate' });
  const steps = () => demo().getByRole('slider', { name: 'Steps' });
  const ends = (name: string) => numbers(`[data-end="${name}"]`);
  const parameters = (name: string, end: 'before' | 'after') =>
    numbers(`[data-parameter="${name}"] table:${end === 'before' ? 'first' : 'last'}-of-type`);

  test('starts with the step of the worked example', async () => {
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      expectClose(await parameters(name, 'before'), workedExample.before[name], 1e-14);
      expectClose(await parameters(name, 'after'), workedExample.after[name], 1e-14);
    }
    expectClose(await ends('loss'), [workedExample.loss, workedExample.afterPass.loss], 1e-14);
    for (const k of [0, 1]) {
      expectClose(await ends(`a2[${k}]`), [workedExample.a2[k]!, workedExample.afterPass.a2[k]!], 1e-14);
    }
  });

  test('by mouse and touch: a hundred steps, and learning rates that are too low and too high', async () => {
    await press('A hundred steps on one sample');
    expect((await ends('loss'))[1]).toBeLessThan(0.02);
    expect(await result()).toMatch(/^After 100 steps with learning rate 0\.1 the loss has fallen/);
    await tap('A learning rate that is too low');
    expect((await ends('loss'))[1]).toBeGreaterThan(0.6);
    await tap('A learning rate that is too high');
    expect(await result()).toMatch(/Both hidden neurons are dead/);
    expect((await ends('loss'))[1]).toBeCloseTo(Math.log(2), 3);
    // The plot has the losses of the tutorial's rate too.
    expect(await demo().getByRole('figure').textContent()).toContain('learning rate 0.1');
    await demo()
      .getByRole('radio', { name: /worked example/ })
      .tap();
    expect(await demo().locator('[data-end="right"]').count()).toBe(0);
    await press('Start again');
    expectClose(await ends('loss'), [workedExample.loss, workedExample.afterPass.loss], 1e-14);
    const box = (await steps().boundingBox())!;
    await page().mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    expect(Number(await steps().inputValue())).toBeGreaterThan(80);
  });

  test('by keyboard alone, and its result is announced', async () => {
    await steps().focus();
    await page().keyboard.press('ArrowLeft');
    expect(await result()).toBe('Before any step the loss is 0.70118.');
    await page().keyboard.press('End');
    await told('After 200 steps');
    await rate().focus();
    await page().keyboard.press('ArrowRight');
    await told('learning rate 0.11 ');
    await demo()
      .getByRole('radio', { name: /worked example/ })
      .focus();
    await page().keyboard.press('ArrowDown');
    await told('4 of 4 samples are predicted correctly');
    await demo().getByRole('spinbutton', { name: 'Steps' }).fill('3');
    expect(await result()).toMatch(/^After 3 steps/);
  });
});
