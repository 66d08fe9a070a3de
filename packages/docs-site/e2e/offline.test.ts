import { expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';

const site = useBuiltSite();

test('a loaded page works without network, with demos that were not visible yet, and can be reloaded', async () => {
  const context = await site.browser().newContext();
  const page = await context.newPage();
  await page.goto(`${site.url()}tutorial/softmax/`);
  await page.evaluate(
    () => new Promise((taken) => navigator.serviceWorker.addEventListener('controllerchange', taken)),
  );
  expect(await page.locator('astro-island[ssr]').count()).toBe(1);
  // The page itself is cached last.
  await page.waitForFunction(async () => (await caches.match(location.href)) !== undefined);
  await context.setOffline(true);

  const overflow = page.getByRole('button', { name: 'Add 1000: it overflows' });
  const press = async () => {
    await overflow.scrollIntoViewIfNeeded();
    await page.waitForSelector('astro-island:not([ssr])');
    await overflow.click();
    return page.locator('[data-result]').textContent();
  };
  expect(await press()).toMatch(/^An exponential overflows/);
  await page.reload();
  expect(await press()).toMatch(/^An exponential overflows/);
  await context.close();
});
