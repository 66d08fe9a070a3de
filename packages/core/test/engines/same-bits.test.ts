import { expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../../../../testing/chromium.ts';
import { serveReferencePage } from './bundle.ts';
import { EXPECTED_HASH, referenceHash } from './reference-bits.ts';

test('the hash of the reference is the expected one in Node', async () => {
  expect(await referenceHash()).toBe(EXPECTED_HASH);
});

test('the hash of the reference is the expected one in Chromium', async () => {
  const served = await serveReferencePage();
  onTestFinished(() => served.close());
  const { browser } = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(served.url);
  expect(await page.evaluate('globalThis.referenceHash')).toBe(EXPECTED_HASH);
});
