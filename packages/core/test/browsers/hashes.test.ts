import { goldenRuns } from '@micronn/fixtures';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReferencePage, serveReferencePage } from '../engines/bundle.ts';
import { EXPECTED_HASH } from '../engines/reference-bits.ts';
import { type GoldenPage, serveGoldenPage } from '../kernels/golden-page.ts';
import { launchFirefox } from './firefox.ts';
import { type LaunchedWebKit, launchWebKit } from './webkit.ts';

const expected = goldenRuns.map((golden) => golden.parametersSha256);
let served: GoldenPage;
let reference: ReferencePage;

beforeAll(async () => {
  [served, reference] = await Promise.all([serveGoldenPage(), serveReferencePage()]);
});

afterAll(() => Promise.all([served?.close(), reference?.close()]));

describe('Firefox computes every hash', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchFirefox();
    process.stdout.write(`Firefox ${browser.version()}\n`);
  });

  afterAll(() => browser?.close());

  test.each([true, false])('of the golden runs, memory shared: %s', async (shared) => {
    const page = await browser.newPage();
    await page.goto(shared ? served.sharedUrl : served.unsharedUrl);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(shared);
    expect(await page.evaluate('globalThis.hashes')).toEqual(expected);
  });

  test('of the reference', async () => {
    const page = await browser.newPage();
    await page.goto(reference.url);
    expect(await page.evaluate('globalThis.referenceHash')).toBe(EXPECTED_HASH);
  });
});

describe('WebKit, the engine of Safari, computes every hash', () => {
  let webkit: LaunchedWebKit;

  beforeAll(async () => {
    webkit = await launchWebKit();
    await webkit.driver.manage().setTimeouts({ script: 120_000 });
    process.stdout.write(`${webkit.name}\n`);
  });

  afterAll(() => webkit?.close());

  const resolved = (promise: string): Promise<unknown> =>
    webkit.driver.executeAsyncScript(`${promise}.then(arguments[arguments.length - 1])`);

  test.each([true, false])('of the golden runs, memory shared: %s', async (shared) => {
    await webkit.driver.get(shared ? served.sharedUrl : served.unsharedUrl);
    expect(await webkit.driver.executeScript('return crossOriginIsolated')).toBe(shared);
    expect(await resolved('globalThis.hashes')).toEqual(expected);
  });

  test('of the reference', async () => {
    await webkit.driver.get(reference.url);
    expect(await resolved('globalThis.referenceHash')).toBe(EXPECTED_HASH);
  });
});
