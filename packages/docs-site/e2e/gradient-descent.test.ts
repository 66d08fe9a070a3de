import { workedExample } from '@micronn/fixtures';
import { launchChromium } from '@micronn/fixtures/chromium';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type OpenedPage, openPage } from './open-page.ts';
import { type ServedSite, serveSite } from './serve-site.ts';

let browser: Browser;
let site: ServedSite;
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  site = await serveSite(inject('rootSite'));
  ({ browser } = await launchChromium());
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** The numbers in a place at full precision. */
const numbersIn = (place: Locator) =>
  place.locator('data').evaluateAll((all) => all.map((data) => Number((data as HTMLDataElement).value)));

/** Zeros of either sign are the same. */
function expectClose(actual: readonly number[], expected: readonly number[], within: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(Math.abs(actual[k]! - value)).toBeLessThan(within);
}

describe('gradient descent', () => {
  beforeEach(async () => {
    opened = await openPage(browser, `${site.url}tutorial/gradient-descent/`, { hasTouch: true });
    page = opened.page;
  });

  afterEach(async () => {
    await page.close();
    expect(opened.troubles).toEqual([]);
  });

  const demo = () => page.getByRole('region', { name: 'Down the slope of the loss' });
  const result = () => demo().locator('[data-result]').textContent();
  const rate = () => demo().getByRole('slider', { name: 'Learning rate' });
  const steps = () => demo().getByRole('slider', { name: 'Steps' });
  const told = (text: string | RegExp) =>
    demo().getByRole('status').filter({ hasText: text }).waitFor({ state: 'attached' });
  const ends = (name: string) => numbersIn(demo().locator(`[data-end="${name}"]`));
  const parameters = (name: string, end: 'before' | 'after') =>
    numbersIn(
      demo()
        .locator(`[data-parameter="${name}"] table`)
        .nth(end === 'before' ? 0 : 1),
    );

  test('begins with the step of the worked example', async () => {
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      expectClose(await parameters(name, 'before'), workedExample.before[name], 1e-14);
      expectClose(await parameters(name, 'after'), workedExample.after[name], 1e-14);
    }
    expectClose(await ends('loss'), [workedExample.loss, workedExample.afterPass.loss], 1e-14);
    for (const k of [0, 1]) {
      expectClose(await ends(`a2[${k}]`), [workedExample.a2[k]!, workedExample.afterPass.a2[k]!], 1e-14);
    }
  });

  test('by mouse and touch: a hundred steps, too small a rate, too large a one', async () => {
    await demo().getByRole('button', { name: 'A hundred steps on one sample' }).click();
    expect((await ends('loss'))[1]).toBeLessThan(0.02);
    expect(await result()).toMatch(/^After 100 steps with learning rate 0\.1 the loss has fallen/);
    await demo().getByRole('button', { name: 'Too small a rate' }).tap();
    expect((await ends('loss'))[1]).toBeGreaterThan(0.6);
    await demo().getByRole('button', { name: 'Too large a rate' }).tap();
    expect(await result()).toMatch(/Both hidden neurons are dead/);
    expect((await ends('loss'))[1]).toBeCloseTo(Math.log(2), 3);
    // The tutorial's rate is drawn beside it.
    expect(await demo().getByRole('figure').textContent()).toContain('learning rate 0.1');
    await demo()
      .getByRole('radio', { name: /worked example/ })
      .tap();
    expect(await demo().locator('[data-end="right"]').count()).toBe(0);
    await demo().getByRole('button', { name: 'Start again' }).click();
    expectClose(await ends('loss'), [workedExample.loss, workedExample.afterPass.loss], 1e-14);
    const box = (await steps().boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    expect(Number(await steps().inputValue())).toBeGreaterThan(80);
  });

  test('by keyboard alone, and its result is told', async () => {
    await steps().focus();
    await page.keyboard.press('ArrowLeft');
    expect(await result()).toBe('Before any step the loss is 0.70118.');
    await page.keyboard.press('End');
    await told(/^After 200 steps/);
    await rate().focus();
    await page.keyboard.press('ArrowRight');
    await told(/learning rate 0\.11 /);
    await demo()
      .getByRole('radio', { name: /worked example/ })
      .focus();
    await page.keyboard.press('ArrowDown');
    await told(/4 of 4 samples are predicted rightly/);
    await demo().getByRole('spinbutton', { name: 'Steps' }).fill('3');
    expect(await result()).toMatch(/^After 3 steps/);
  });
});
