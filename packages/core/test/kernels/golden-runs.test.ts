import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { goldenRuns } from '@micronn/fixtures';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../../../../testing/chromium.ts';
import { type GoldenPage, serveGoldenPage } from './golden-page.ts';
import { hashOfRun } from './golden-run.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('tell-hashes.ts', import.meta.url));

describe.each(goldenRuns)('$name', (golden) => {
  test.each([false, true])('has its hash in Node, memory shared: %s', async (shared) => {
    expect(await hashOfRun(golden, shared)).toBe(golden.parametersSha256);
  });
});

// A short run ends before V8's optimizing compiler replaces the quick compiler's code, so these flags select one
// compiler from the start.
describe.each([
  ['the quick compiler alone', ['--liftoff', '--no-wasm-tier-up']],
  ['the optimising compiler alone', ['--no-liftoff']],
  ['pairs of vectors joined', ['--no-liftoff', '--experimental-wasm-revectorize']],
])('compiled with %s', (_name, flags) => {
  test.each(['shared', 'unshared'])('every golden run has its hash in Node, memory %s', async (memory) => {
    const { stdout } = await run(process.execPath, [...flags, program, memory]);
    expect(JSON.parse(stdout)).toEqual(goldenRuns.map((golden) => golden.parametersSha256));
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
