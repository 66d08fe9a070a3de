import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, inject, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';
import { checkLinks, htmlOf } from './links.ts';
import { pagesOf } from './pages.ts';

const root = inject('rootSite');
const pages = pagesOf(root);

describe('every built page', () => {
  test.each(pages)('/%s has its formulas set, a policy, one h1, a title and a description', async (page) => {
    const html = await htmlOf(root, page);
    const found = (pattern: RegExp) => Array.from(html.matchAll(pattern), ([all, part]) => part ?? all);
    expect(found(/katex-error/g)).toEqual([]);
    // A formula that was not recognised leaves its dollar signs or commands in the text.
    const text = html
      .replaceAll(/<(script|style|annotation|pre|code)[\s\S]*?<\/\1>/g, '')
      .replaceAll(/<[^>]*>/g, ' ');
    expect(text.match(/\$\$|\\[a-zA-Z]{2,}/g)).toBeNull();
    expect(
      found(/<head><meta charset="utf-8"\/?><meta http-equiv="content-security-policy" content="([^;]*)/gi),
    ).toEqual(["default-src 'self'"]);
    expect(found(/<h1[\s>]/g)).toHaveLength(1);
    expect(found(/<title>([^<]+)<\/title>/g)).toHaveLength(1);
    expect(found(/<meta name="description" content="([^"]{20,})"/g)).toHaveLength(1);
  });
});

test('every link leads to a file of the site, and every anchor to an element', async () => {
  const { count, broken } = await checkLinks(root, '');
  expect(broken).toEqual([]);
  expect(count).toBeGreaterThan(pages.length * 5);
});

describe('every page in the browser', () => {
  const site = useBuiltSite();

  test.concurrent.each(pages)(
    '/%s has no errors, sends no request to other hosts, fits 360 pixels, and has at most 40 kB of script before scrolling',
    async (address) => {
      const { page, troubles, scripts } = await site.open(address, {
        colorScheme: 'light',
        waitUntil: 'networkidle',
        viewport: { width: 360, height: 800 },
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      const compressed = scripts.map(
        (script) => gzipSync(readFileSync(path.join(root, new URL(script).pathname))).length,
      );
      expect(compressed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(40_000);
      expect(troubles).toEqual([]);
      await page.close();
    },
  );
});
