import { goldenRuns } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';

const site = useBuiltSite();

test('the worker trains in Chromium, under a base path and the policy, to the bits of the trainer', async () => {
  const { page, troubles } = await site.open('reference/same-bits/');
  await page.getByRole('button', { name: 'Train in this browser' }).press('Enter');
  await page
    .getByRole('status')
    .filter({ hasText: /^Equal: Chrome \d+ computes the same bits/ })
    .waitFor({ state: 'attached' });
  expect(await page.locator('code[data-hash]').textContent()).toBe(goldenRuns[0]!.parametersSha256);
  expect(troubles).toEqual([]);
  await page.close();
});
