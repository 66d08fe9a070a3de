import { workedExample } from '@micronn/fixtures';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';
import type { OpenedPage } from './open-page.ts';

let opened: OpenedPage;
let page: Page;

const site = useBuiltSite();

describe('the forward pass', () => {
  beforeEach(async () => {
    opened = await site.open('tutorial/forward-pass/', { hasTouch: true });
    page = opened.page;
  });

  afterEach(async () => {
    await page.close();
    expect(opened.troubles).toEqual([]);
  });

  const demo = () => page.getByRole('region', { name: 'The forward pass, product by product' });
  const next = () => demo().getByRole('button', { name: 'Next' });
  const steps = () => demo().getByRole('slider');
  const result = () => demo().locator('[data-result]').textContent();

  /** The computed numbers of a result, in full precision. */
  const numbers = (name: string) =>
    demo()
      .locator(`[data-matrix="${name}"]`)
      .last()
      .locator('data')
      .evaluateAll((all) => all.map((data) => Number((data as HTMLDataElement).value)));

  test('computes the numbers of the fixtures product by product', async () => {
    expect(await numbers('z1')).toEqual([]);
    for (let step = 1; step <= 4; step++) await next().click();
    expect(await result()).toBe(
      'z1[0] = the products + b1[0]: 0.10000 + (−0.24000) + 0.02000 + 0.10000 = −0.02000.',
    );
    expect(await numbers('z1')).toEqual([workedExample.z1[0]]);
    for (let step = 5; step <= 17; step++) await next().tap();
    for (const name of ['z1', 'a1', 'z2', 'a2'] as const) {
      const shown = await numbers(name);
      for (const [k, value] of workedExample[name].entries()) expect(shown[k]).toBeCloseTo(value, 14);
    }
    // Nothing comes after the last step, and the button keeps the focus.
    await next().press('Enter');
    expect(await steps().getAttribute('aria-valuetext')).toBe('17 of 17: a2 = softmax(z2)');
  });

  test('works by keyboard, is announced to screen readers, and starts again', async () => {
    await steps().focus();
    await page.keyboard.press('End');
    await demo()
      .getByRole('status')
      .filter({ hasText: 'class 0 gets 50.4 %' })
      .waitFor({ state: 'attached' });
    await page.keyboard.press('Home');
    expect(await result()).toBe('17 steps lead from the input to the probabilities.');
    await page.keyboard.press('ArrowRight');
    expect(await result()).toBe('W1[0][0] · x[0]: 0.2 × 0.5 = 0.10000.');
    await demo().getByRole('button', { name: 'Start again' }).press('Enter');
    expect(await steps().inputValue()).toBe('0');
  });

  test('recomputes after every edit of a cell', async () => {
    await steps().focus();
    await page.keyboard.press('End');
    const bias = demo().getByRole('spinbutton', { name: 'b1, row 0' });
    await bias.fill('0.2');
    expect((await numbers('a1'))[0]).toBeCloseTo(0.08, 14);
    // An empty field is not a number: nothing changes.
    await bias.fill('');
    expect((await numbers('a1'))[0]).toBeCloseTo(0.08, 14);
    await bias.blur();
    expect(await bias.inputValue()).toBe('0.2');
    for (const name of ['W1, row 1, column 2', 'x, row 2', 'W2, row 0, column 1', 'b2, row 1']) {
      const before = await numbers('a2');
      await demo().getByRole('spinbutton', { name }).fill('1.5');
      expect(await numbers('a2'), name).not.toEqual(before);
    }
  });
});
