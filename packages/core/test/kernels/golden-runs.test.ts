import { goldenRuns } from '@micronn/fixtures';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../../../../testing/chromium.ts';
import { type GoldenPage, serveGoldenPage } from './golden-page.ts';
import { hashOfRun } from './golden-run.ts';

describe.each(goldenRuns)('$name', (golden) => {
  test.each([false, true])('has its hash in Node, memory shared: %s', async (shared) => {
    expect(await hashOfRun(golden, shared)).toBe(golden.parametersSha256);
  });
});

describe('in Chromium every golden run has its hash', () => {
  let served: GoldenPage;
  let browser: Awaited<ReturnType<typeof launchChromium>>['browser'];

  beforeAll(async () => {
    served = await serveGoldenPage();
    ({ browser } = await launchChromium());
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await served.close();
  });

  test.each([true, false])(
    'memory shared: %s',
    async (shared) => {
      const page = await browser.newPage();
      await page.goto(shared ? served.sharedUrl : served.unsharedUrl);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(shared);
      expect(await page.evaluate(() => globalThis.hashes)).toEqual(
        goldenRuns.map((golden) => golden.parametersSha256),
      );
    },
    120_000,
  );
});
