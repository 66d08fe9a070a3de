import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { goldenRuns } from '@micronn/fixtures';
import { launchChromium } from '@micronn/fixtures/chromium';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashOfRun } from './golden-run.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('tell-hashes.ts', import.meta.url));

describe.each(goldenRuns)('$name', (golden) => {
  test.each([false, true])('has its hash in Node, memory shared: %s', async (shared) => {
    expect(await hashOfRun(golden, shared)).toBe(golden.parametersSha256);
  });
});

// A short run ends before V8 has compiled a kernel for the second time, better; here it has to begin with that.
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
  let server: Server;
  let browser: Awaited<ReturnType<typeof launchChromium>>['browser'];

  beforeAll(async () => {
    const built = await build({
      configFile: false,
      logLevel: 'error',
      build: {
        write: false,
        rollupOptions: { input: fileURLToPath(new URL('page.ts', import.meta.url)) },
      },
    });
    if (!('output' in built)) throw new Error('vite built something else than one bundle');
    const script = built.output[0].code;
    server = createServer((request, response) => {
      // A page of its own origin's isolation may share memory; any other may not.
      const isolated = request.url?.startsWith('/isolated') ?? false;
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'",
        ...(isolated && {
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
        }),
      });
      response.end(`<!doctype html><title>golden runs</title><script type="module">${script}</script>`);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    ({ browser } = await launchChromium());
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test.each([
    ['shared', '/isolated', true],
    ['unshared', '/', false],
  ])(
    'with %s memory',
    async (_name, path, isolated) => {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
      expect(await page.evaluate(() => globalThis.hashes)).toEqual(
        goldenRuns.map((golden) => golden.parametersSha256),
      );
    },
    120_000,
  );
});
