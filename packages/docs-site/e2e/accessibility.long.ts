import { expect, inject, test } from 'vitest';
import { seriousFindings } from './axe.ts';
import { useBuiltSite } from './built-site.ts';
import { pagesOf } from './pages.ts';

const site = useBuiltSite('baseSite');

test.concurrent.each(pagesOf(inject('baseSite')))(
  'axe finds nothing serious on /%s: by all its rules in light, by contrast in dark',
  async (address) => {
    const { page, troubles } = await site.open(address, { colorScheme: 'light' });
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForSelector('html[data-theme="dark"]');
    expect(await seriousFindings(page, ['color-contrast'])).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  },
);
