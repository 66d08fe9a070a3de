import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface OpenedPage {
  readonly page: Page;
  /** Errors, warnings and forbidden requests of the page, as sentences. Should stay empty. */
  readonly troubles: readonly string[];
  /** Addresses of the scripts that the page loads before any scrolling or press. */
  readonly scripts: readonly string[];
}

/**
 * Opens a page, hydrates all its demos, and records each console error, uncaught error, failed request and request to
 * another host.
 */
export async function openPage(
  browser: Browser,
  url: string,
  { waitUntil = 'load', ...options }: BrowserContextOptions & { waitUntil?: 'load' | 'networkidle' } = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    // Each page is separate, so no service worker needs to fetch the site for it.
    serviceWorkers: 'block',
    ...options,
  });
  page.setDefaultTimeout(60_000);
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('Service Worker registration blocked')) return;
    if (message.type() === 'error' || message.type() === 'warning')
      troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => troubles.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && host !== new URL(url).host)
      troubles.push(`elsewhere: ${request.url()}`);
  });
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') asked.push(request.url());
  });
  await page.goto(url, { waitUntil });
  const scripts = [...asked];
  if (options.javaScriptEnabled !== false) await wakeIslands(page);
  return { page, troubles, scripts };
}

/** Scrolls each island into view and waits until it is hydrated. */
async function wakeIslands(page: Page): Promise<void> {
  for (const island of await page.locator('astro-island').all()) await island.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelector('astro-island[ssr]') === null);
  await page.evaluate(() => scrollTo(0, 0));
}
