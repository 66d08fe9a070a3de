import { launchChromium } from '@micronn/fixtures/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { seriousFindings } from './axe.ts';
import { BASE } from './build-site.ts';
import { openPage } from './open-page.ts';
import { pagesOf } from './pages.ts';
import { type ServedSite, serveSite } from './serve-site.ts';

let browser: Browser;
let site: ServedSite;

beforeAll(async () => {
  site = await serveSite(inject('baseSite'), BASE);
  ({ browser } = await launchChromium());
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

// The tests of every day ask for the light theme alone, and not on the pages that are made from the code.
test.concurrent.each(pagesOf(inject('baseSite')))(
  'axe finds nothing serious on /%s: by all its rules in light, by contrast in dark',
  async (address) => {
    const { page, troubles } = await openPage(browser, site.url + address, { colorScheme: 'light' });
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForSelector('html[data-theme="dark"]');
    expect(await seriousFindings(page, ['color-contrast'])).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  },
);
