import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { expect, inject, test } from 'vitest';
import { BASE } from './build-site.ts';
import { useBuiltSite } from './built-site.ts';
import { checkLinks } from './links.ts';

// Its server answers 404 to everything outside the base path.
const site = useBuiltSite('baseSite');

test('under a base path the page finds all its files and computes the step', async () => {
  const { page, troubles } = await site.open('');
  await page.getByRole('button', { name: 'One step of gradient descent' }).click();
  expect(await page.locator('[data-loss]').textContent()).toBe('0.63372');
  expect(troubles).toEqual([]);
  await page.close();
});

test('under a base path every link of the page leads somewhere, anchors included', async () => {
  const { page } = await site.open('');
  const links = await page
    .locator('a[href], link[rel="icon"], link[rel="shortcut icon"]')
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement | HTMLLinkElement).href));
  const own = links
    .map((link) => new URL(link))
    .filter(({ origin }) => origin === new URL(site.url()).origin);
  expect(own.length).toBeGreaterThan(5);
  for (const { href, pathname, hash } of own) {
    const response = await page.request.get(href);
    expect(response.status(), href).toBe(200);
    if (hash !== '' && pathname === `${BASE}/`) {
      expect(await page.locator(`[id="${decodeURIComponent(hash.slice(1))}"]`).count(), href).toBe(1);
    }
  }
  await page.close();
});

test('under a base path every link of every page leads to a file, and every anchor to its place', async () => {
  const { count, broken } = await checkLinks(inject('baseSite'), BASE);
  expect(broken).toEqual([]);
  expect(count).toBeGreaterThan(100);
});

test('under a base path the 404 page leads back to the start, from whatever depth', async () => {
  const { page } = await site.open('not/here/');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Page not found');
  await page.getByRole('link', { name: 'Go to the start page' }).click();
  expect(page.url()).toBe(site.url());
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('MicroNN');
  await page.close();
});

test('with SITE there is a sitemap and a canonical link, base path included', async () => {
  const folder = inject('baseSite');
  expect(await readFile(path.join(folder, 'sitemap-0.xml'), 'utf8')).toMatch(
    /<loc>https:\/\/example\.org\/MicroNN\/?<\/loc>/,
  );
  expect(await readFile(path.join(folder, 'index.html'), 'utf8')).toContain(
    '<link rel="canonical" href="https://example.org/MicroNN/"',
  );
});

test('with SITE there is a social card: a picture at a whole address, base path included', async () => {
  const folder = inject('baseSite');
  expect(await readFile(path.join(folder, 'tutorial/softmax/index.html'), 'utf8')).toContain(
    '<meta property="og:image" content="https://example.org/MicroNN/social-card.png"',
  );
  const { format, width, height } = await sharp(path.join(folder, 'social-card.png')).metadata();
  expect({ format, width, height }).toEqual({ format: 'png', width: 1200, height: 630 });
});
