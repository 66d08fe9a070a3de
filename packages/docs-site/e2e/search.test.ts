import { expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';

const site = useBuiltSite();

test('the search is loaded on first use, and finds a chapter under a base path', async () => {
  const { page, troubles, scripts } = await site.open('', { waitUntil: 'networkidle' });
  expect(scripts.filter((script) => /ui-core|pagefind/.test(script))).toEqual([]);
  await page.keyboard.press('Control+k');
  const field = page.getByRole('dialog', { name: 'Search' }).locator('input');
  await field.waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await page.keyboard.type('exponential');
  await page.getByRole('link', { name: 'Softmax', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Softmax' }).waitFor();
  // On a busy machine Pagefind's worker starts too late, and the search runs without it.
  expect(troubles.filter((trouble) => !trouble.includes('falling back to main thread'))).toEqual([]);
  await page.close();
});
