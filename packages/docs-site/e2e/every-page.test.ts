import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { launchChromium } from '@micronn/fixtures/chromium';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { BASE } from './built-sites.ts';
import { openPage } from './open-page.ts';
import { pagesOf } from './pages.ts';
import { type ServedSite, serveSite } from './serve-site.ts';

const root = inject('rootSite');
const pages = pagesOf(root);

const htmlOf = (folder: string, page: string) =>
  readFile(path.join(folder, page === '' || page.endsWith('/') ? `${page}index.html` : page), 'utf8');

describe('every page as it is built', () => {
  test.each(pages)('/%s has its formulas set, a policy, one h1, a title and a description', async (page) => {
    const html = await htmlOf(root, page);
    const found = (pattern: RegExp) => Array.from(html.matchAll(pattern), ([all, part]) => part ?? all);
    expect(found(/katex-error/g)).toEqual([]);
    // A formula that was never taken for one leaves its dollars or its commands in the text.
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

describe.each([
  ['at the root', 'rootSite', ''],
  ['under a base path', 'baseSite', BASE],
] as const)('every link %s', (_, site, base) => {
  test('leads to a file of the site, and every anchor to its place', async () => {
    const folder = inject(site);
    const all = pagesOf(folder);
    const ids = new Map<string, Set<string>>();
    const broken: string[] = [];
    const html = new Map(
      await Promise.all(all.map(async (page) => [page, await htmlOf(folder, page)] as const)),
    );
    for (const [page, text] of html) {
      ids.set(`${base}/${page}`, new Set(Array.from(text.matchAll(/\sid="([^"]+)"/g), ([, id]) => id!)));
    }
    let count = 0;
    for (const [page, text] of html) {
      // What is only shown is no link of this page.
      const links = text
        .replaceAll(/<pre[\s\S]*?<\/pre>/g, '')
        .matchAll(/\s(?:href|src|component-url|renderer-url)="([^"]*)"/g);
      for (const [, link] of links) {
        const target = new URL(link!.replaceAll('&amp;', '&'), `http://site${base}/${page}`);
        if (target.host !== 'site') continue;
        count++;
        const anchor = decodeURIComponent(target.hash.slice(1));
        const known = ids.get(target.pathname);
        if (known) {
          if (anchor !== '' && !known.has(anchor))
            broken.push(`${page}: no ${target.hash} in ${target.pathname}`);
        } else if (!(await isFile(folder, base, target.pathname))) {
          broken.push(`${page}: ${link}`);
        }
      }
    }
    expect(broken).toEqual([]);
    expect(count).toBeGreaterThan(all.length * 5);
  });
});

async function isFile(folder: string, base: string, pathname: string): Promise<boolean> {
  if (!pathname.startsWith(`${base}/`)) return false;
  try {
    await readFile(path.join(folder, decodeURIComponent(pathname.slice(base.length))));
    return true;
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code!)) return false;
    throw error;
  }
}

describe('every page in the browser', () => {
  let browser: Browser;
  let site: ServedSite;

  beforeAll(async () => {
    site = await serveSite(root);
    ({ browser } = await launchChromium());
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test.concurrent.each(pages)(
    '/%s complains of nothing, asks nothing of other hosts, fits 360 pixels, has at most 40 kB of script before scrolling, and axe finds nothing serious in light and dark',
    async (address) => {
      const { page, troubles, scripts } = await openPage(browser, site.url + address, {
        colorScheme: 'light',
        waitUntil: 'networkidle',
        viewport: { width: 360, height: 800 },
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      const compressed = scripts.map(
        (script) => gzipSync(readFileSync(path.join(root, new URL(script).pathname))).length,
      );
      expect(compressed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(40_000);
      await page.setViewportSize({ width: 1280, height: 800 });
      // A listing that scrolls can be reached by key a moment after its size has changed.
      await page.waitForFunction(() =>
        [...document.querySelectorAll('.expressive-code pre')].every(
          (listing) => listing.scrollWidth <= listing.clientWidth || listing.hasAttribute('tabindex'),
        ),
      );
      await page.evaluate(axe.source);
      expect(await seriousFindings(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.waitForSelector('html[data-theme="dark"]');
      expect(await seriousFindings(page, ['color-contrast'])).toEqual([]);
      expect(troubles).toEqual([]);
      await page.close();
    },
  );
});

/** What axe has to say, by all its rules or by those named. */
async function seriousFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = rules ? { runOnly: rules } : {};
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}
