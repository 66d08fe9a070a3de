import { goldenRuns } from '@micronn/fixtures';
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

test('the worker trains in Chromium, under a base path and the policy, to the bits of the trainer', async () => {
  const { page, troubles } = await openPage(browser, `${site.url}reference/same-bits/`);
  await page.getByRole('button', { name: 'Train in this browser' }).press('Enter');
  await page
    .getByRole('status')
    .filter({ hasText: /^Equal: Chrome \d+ has the very bits/ })
    .waitFor({ state: 'attached' });
  expect(await page.locator('code[data-hash]').textContent()).toBe(goldenRuns[0]!.parametersSha256);
  expect(troubles).toEqual([]);
  await page.close();
});
