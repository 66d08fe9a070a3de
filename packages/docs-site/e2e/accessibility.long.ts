import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
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

/** What axe finds on a page that is serious or worse: by all its rules, or by those named. */
async function seriousFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  // A listing that scrolls can be reached by key a moment after its size has changed.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.expressive-code pre')].every(
      (listing) => listing.scrollWidth <= listing.clientWidth || listing.hasAttribute('tabindex'),
    ),
  );
  await page.evaluate(axe.source);
  const options = rules ? { runOnly: rules } : {};
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}
