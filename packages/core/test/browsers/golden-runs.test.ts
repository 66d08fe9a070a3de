import { goldenRuns } from '@micronn/fixtures';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GoldenPage, serveGoldenPage } from '../kernels/golden-page.ts';
import { launchFirefox } from './firefox.ts';
import { type LaunchedWebKit, launchWebKit } from './webkit.ts';

const expected = goldenRuns.map((golden) => golden.parametersSha256);
let served: GoldenPage;

beforeAll(async () => {
  served = await serveGoldenPage();
});

afterAll(() => served.close());

describe('in Firefox every golden run has its hash', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchFirefox();
    process.stdout.write(`Firefox ${browser.version()}\n`);
  });

  afterAll(() => browser?.close());

  test.each([true, false])('memory shared: %s', async (shared) => {
    const page = await browser.newPage();
    await page.goto(shared ? served.sharedUrl : served.unsharedUrl);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(shared);
    expect(await page.evaluate('globalThis.hashes')).toEqual(expected);
  });
});

describe('in WebKit, the engine of Safari, every golden run has its hash', () => {
  let webkit: LaunchedWebKit;

  beforeAll(async () => {
    webkit = await launchWebKit();
    await webkit.driver.manage().setTimeouts({ script: 120_000 });
    process.stdout.write(`${webkit.name}\n`);
  });

  afterAll(() => webkit?.close());

  test.each([true, false])('memory shared: %s', async (shared) => {
    await webkit.driver.get(shared ? served.sharedUrl : served.unsharedUrl);
    expect(await webkit.driver.executeScript('return crossOriginIsolated')).toBe(shared);
    expect(
      await webkit.driver.executeAsyncScript('globalThis.hashes.then(arguments[arguments.length - 1])'),
    ).toEqual(expected);
  });
});
