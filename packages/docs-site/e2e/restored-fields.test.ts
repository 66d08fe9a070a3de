import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';

const site = useBuiltSite();

const demo = (page: Page) => page.getByRole('region', { name: 'Scores into probabilities' });
const field = (page: Page) => demo(page).getByRole('spinbutton', { name: 'Add to all' });
const slider = (page: Page) => demo(page).getByRole('slider', { name: 'Add to all' });
const subtract = (page: Page) => demo(page).getByRole('checkbox');

/** z of class 0: its score plus the shift. */
async function expectNothingAdded(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('astro-island[ssr]') === null);
  expect(await field(page).inputValue()).toBe('0');
  expect(await slider(page).inputValue()).toBe('0');
  expect(await subtract(page).isChecked()).toBe(false);
  expect(await demo(page).locator('[data-class="0"] data').first().getAttribute('value')).toBe('0.022');
}

describe('the fields of a demo show its state', () => {
  test('after the back button', async () => {
    const { page, troubles } = await site.open('tutorial/softmax/');
    await field(page).fill('3');
    await subtract(page).check();
    await page.locator('a[rel="next"]').click();
    await page.waitForURL((url) => !url.pathname.endsWith('/softmax/'));
    await page.goBack();
    await page.waitForURL('**/tutorial/softmax/');
    await demo(page).scrollIntoViewIfNeeded();
    await expectNothingAdded(page);
    // From here on it computes with the typed number.
    await field(page).fill('3');
    await subtract(page).check();
    expect(await slider(page).inputValue()).toBe('3');
    expect(await demo(page).locator('[data-class="0"] data').first().getAttribute('value')).toMatch(/^0/);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('after typing and pressing Enter before the scripts have loaded', async () => {
    const page = await site.browser().newPage({ serviceWorkers: 'block' });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/*.js', async (route) => {
      await held;
      await route.continue();
    });
    const address = `${site.url()}tutorial/softmax/`;
    await page.goto(address, { waitUntil: 'commit' });
    await field(page).fill('3');
    await subtract(page).check();
    await field(page).press('Enter');
    release();
    await expectNothingAdded(page);
    expect(page.url()).toBe(address);
    await page.close();
  });
});
