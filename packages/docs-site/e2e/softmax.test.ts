import { workedExample } from '@micronn/fixtures';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';
import type { OpenedPage } from './open-page.ts';

let opened: OpenedPage;
let page: Page;

const site = useBuiltSite();

describe('softmax', () => {
  beforeEach(async () => {
    opened = await site.open('tutorial/softmax/', { hasTouch: true });
    page = opened.page;
  });

  afterEach(async () => {
    await page.close();
    expect(opened.troubles).toEqual([]);
  });

  const demo = () => page.getByRole('region', { name: 'Scores into probabilities' });
  const result = () => demo().locator('[data-result]').textContent();
  const shift = () => demo().getByRole('slider', { name: 'Add to all' });
  const subtract = () => demo().getByRole('checkbox', { name: 'Subtract the largest score first' });

  /** A row of the table at full precision: exponent, exponential, probability. */
  const row = (k: number) =>
    demo()
      .locator(`[data-class="${k}"] data`)
      .evaluateAll((all) => all.map((data) => Number((data as HTMLDataElement).value)));

  test('starts with the exponentials and probabilities of the worked example', async () => {
    for (const k of [0, 1]) {
      const [exponent, exponential, probability] = await row(k);
      expect(exponent).toBe(workedExample.z2[k]);
      expect(exponential).toBeCloseTo(workedExample.expZ2[k]!, 14);
      expect(probability).toBeCloseTo(workedExample.a2[k]!, 14);
    }
  });

  test('overflows, but not with the maximum subtracted', async () => {
    await demo().getByRole('button', { name: 'Add 1000: it overflows' }).tap();
    expect(await row(0)).toEqual([1000.022, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(await result()).toMatch(/^An exponential overflows to ∞/);
    await demo().getByText('overflow', { exact: true }).waitFor();
    await subtract().check();
    expect((await row(0))[2]).toBeCloseTo(workedExample.a2[0]!, 12);
    expect(await result()).toMatch(/^Class 0 gets 50\.4 %/);
    await demo().getByRole('button', { name: 'Start again' }).click();
    expect(await subtract().isChecked()).toBe(false);
    expect((await row(0))[0]).toBe(workedExample.z2[0]);
  });

  test('shows the range while the typed number is out of it, and restores the value afterwards', async () => {
    const score = demo().getByRole('spinbutton').first();
    await score.fill('300');
    expect(await score.getAttribute('aria-invalid')).toBe('true');
    await demo().getByText('from −10 to 10', { exact: true }).waitFor();
    expect((await row(0))[0]).toBe(workedExample.z2[0]);
    await score.blur();
    expect(await score.inputValue()).toBe('0.022');
    expect(await score.getAttribute('aria-invalid')).toBeNull();
    await score.fill('');
    expect(await score.getAttribute('aria-invalid')).toBeNull();
  });

  test('works by keyboard alone, and its result is announced', async () => {
    await shift().focus();
    await page.keyboard.press('End');
    await demo()
      .getByRole('status')
      .filter({ hasText: 'An exponential overflows' })
      .waitFor({ state: 'attached' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await subtract().isChecked()).toBe(true);
    await demo().getByRole('spinbutton').first().fill('-3');
    expect((await row(1))[2]).toBeGreaterThan(0.95);
  });
});
