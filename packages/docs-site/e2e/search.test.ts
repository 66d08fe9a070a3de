import { launchChromium } from '@micronn/fixtures/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openPage } from './open-page.ts';
import { type ServedSite, serveSite } from './serve-site.ts';

let browser: Browser;
let site: ServedSite;

beforeAll(async () => {
  site = await serveSite(inject('rootSite'));
  ({ browser } = await launchChromium());
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test('the search is loaded when a reader turns to it, and finds a chapter under a base path', async () => {
  const { page, troubles, scripts } = await openPage(browser, site.url, { waitUntil: 'networkidle' });
  expect(scripts.filter((script) => /ui-core|pagefind/.test(script))).toEqual([]);
  await page.keyboard.press('Control+k');
  const field = page.getByRole('dialog', { name: 'Search' }).locator('input');
  await field.waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await page.keyboard.type('exponential');
  await page.getByRole('link', { name: 'Softmax', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Softmax' }).waitFor();
  // On a busy machine Pagefind's worker starts too late, and it searches without; the reader sees no difference.
  expect(troubles.filter((trouble) => !trouble.includes('falling back to main thread'))).toEqual([]);
  await page.close();
});
