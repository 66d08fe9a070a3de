import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';
import { launchChromium } from '../../../testing/chromium.ts';
import { type ServedFolder, serveFolder } from '../../../testing/serve-folder.ts';
import { BASE } from './build-site.ts';
import { type OpenedPage, openPage } from './open-page.ts';

/** The built site and a browser, for the tests of a file. */
export interface BuiltSite {
  readonly browser: () => Browser;
  /** The site's address, with a slash at its end. */
  readonly url: () => string;
  /** Opens a page of the site, as `tutorial/relu/`. */
  readonly open: (address: string, options?: Parameters<typeof openPage>[2]) => Promise<OpenedPage>;
}

/**
 * Serves the site and starts a browser before the tests of a file, and stops both after them.
 *
 * @param which the site of the global set-up; `baseSite` is served under its base path
 */
export function useBuiltSite(which: 'rootSite' | 'baseSite' = 'rootSite'): BuiltSite {
  let browser: Browser;
  let site: ServedFolder;

  beforeAll(async () => {
    site = await serveFolder(inject(which), { base: which === 'baseSite' ? BASE : '' });
    ({ browser } = await launchChromium());
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  return {
    browser: () => browser,
    url: () => site.url,
    open: (address, options) => openPage(browser, site.url + address, options),
  };
}
