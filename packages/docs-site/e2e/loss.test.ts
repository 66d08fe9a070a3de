import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { dragByFinger, dragByMouse, PATIENCE, useDemoPage } from './demo-page.ts';

const { a2, loss, lossIfLabel0, terms } = workedExample;

describe('cross-entropy', () => {
  const { demo, page, numbers, result, told, press, tap } = useDemoPage(
    'tutorial/loss/',
    'What a probability costs',
    { keep: true },
  );
  const shownLoss = async () => (await numbers('[data-loss]'))[0];
  /** y, a2, log a2 and the term of a class. */
  const row = (k: number) => numbers(`[data-class="${k}"]`);
  const plot = () => demo().getByRole('img');
  const truth = async () => (await row(1))[1];

  test('starts with the loss of the fixtures, and has the loss of the other class', async () => {
    expect(await shownLoss()).toBeCloseTo(loss, 14);
    for (const k of [0, 1]) {
      const [y, a, log] = await row(k);
      expect(y).toBe(workedExample.y[k]);
      expect(a).toBeCloseTo(a2[k]!, 14);
      expect(log).toBeCloseTo(terms.logA2[k]!, 14);
    }
    await demo().getByRole('radio', { name: '0' }).check();
    expect(await shownLoss()).toBeCloseTo(lossIfLabel0, 14);
    expect(await result()).toMatch(/the loss is −log 0\.50400 = 0\.68518\./);
    await tap('The worked example: true class 1');
    expect(await shownLoss()).toBeCloseTo(loss, 14);
  });

  test('falls and rises by dragging with mouse and finger', async () => {
    await dragByMouse(page(), plot(), 0.85, async () => {
      await expect.poll(truth, PATIENCE).toBeGreaterThan(0.6);
      // Read at once, as further moves can change them.
      const [, , , , , sure, , , cost] = await numbers('table');
      expect(cost).toBeCloseTo(-Math.log(sure!), 12);
    });
    await expect.poll(truth, PATIENCE).toBeGreaterThan(0.8);
    await dragByFinger(page(), plot(), 0.2, async () => {
      await expect.poll(truth, PATIENCE).toBeLessThan(0.4);
      const [, other, , , , unsure, , , cost] = await numbers('table');
      expect(cost).toBeCloseTo(-Math.log(unsure!), 12);
      expect(other).toBeCloseTo(1 - unsure!, 12);
    });
    await expect.poll(truth, PATIENCE).toBeLessThan(0.2);
    await press('Start again');
    expect(await shownLoss()).toBeCloseTo(loss, 14);
  });

  test('is moved by keyboard to both ends, and announced to screen readers', async () => {
    await demo().getByRole('slider', { name: 'a2[1]' }).focus();
    await page().keyboard.press('End');
    expect(await shownLoss()).toBe(0);
    await page().keyboard.press('Home');
    await told('The true class has probability 0, so the loss is infinite');
    expect(await shownLoss()).toBe(Number.POSITIVE_INFINITY);
    await page().keyboard.press('ArrowRight');
    expect(await shownLoss()).toBeCloseTo(-Math.log(0.001), 12);
  });
});
