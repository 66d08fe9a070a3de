import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { build } from 'vite';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { webpack } from 'webpack';
import { type LaunchedChromium, launchChromium } from '../../../../testing/chromium.ts';
import { serveFolder } from '../../../../testing/serve-folder.ts';
import { createNetwork, traceStep } from '../../src/index.ts';
import { expectedFile, expectedStep } from './expected.ts';

declare global {
  // The results of a page in consumer/.
  var stepFound: unknown;
  var trained: Promise<unknown>;
}

const consumer = inject('consumer');
const base = '/some/base';
const withoutWebAssembly = "default-src 'self'; script-src 'self'";
const withWebAssembly = `${withoutWebAssembly} 'wasm-unsafe-eval'`;

let chromium: LaunchedChromium;

beforeAll(async () => {
  chromium = await launchChromium();
});

afterAll(() => chromium.browser.close());

async function openPage(folder: string, name: string, policy: string) {
  const served = await serveFolder(folder, { base, policy });
  onTestFinished(() => served.close());
  const page = await chromium.browser.newPage();
  onTestFinished(() => page.close());
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    // The browser requests an icon, which the page does not have.
    if (message.type() === 'error' && !message.location().url.endsWith('favicon.ico')) {
      failures.push(message.text());
    }
  });
  await page.goto(served.url + name);
  return { page, failures };
}

test(`bundled by Vite, under a base path, with ${withWebAssembly}`, async () => {
  const outDir = path.join(consumer, 'bundled');
  await build({
    root: consumer,
    base: `${base}/`,
    configFile: false,
    logLevel: 'error',
    build: { outDir, rolldownOptions: { input: path.join(consumer, 'bundled.html') } },
  });
  const { page, failures } = await openPage(outDir, 'bundled.html', withWebAssembly);
  expect(await page.evaluate(() => globalThis.stepFound)).toEqual(expectedStep);
  expect(await page.evaluate(() => globalThis.trained)).toEqual(expectedFile);
  expect(failures).toEqual([]);
});

const bundlers: Readonly<Record<string, (entry: string, folder: string) => Promise<unknown>>> = {
  esbuild: (entry, folder) =>
    esbuild({ entryPoints: [entry], bundle: true, format: 'esm', outdir: folder, logLevel: 'error' }),
  webpack: async (entry, folder) => {
    const compiler = webpack({ mode: 'production', entry, output: { path: folder, filename: 'bundled.js' } });
    const stats = await promisify(compiler.run.bind(compiler))();
    expect(stats?.toJson({ errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] });
  },
};

test.each(Object.keys(bundlers))(`bundled by %s, with ${withWebAssembly}`, async (name) => {
  const folder = path.join(consumer, `bundled-${name}`);
  await bundlers[name]!(path.join(consumer, 'bundled.js'), folder);
  await copyFile(path.join(consumer, 'bundled.html'), path.join(folder, 'bundled.html'));
  const { page, failures } = await openPage(folder, 'bundled.html', withWebAssembly);
  expect(await page.evaluate(() => globalThis.stepFound)).toEqual(expectedStep);
  expect(await page.evaluate(() => globalThis.trained)).toEqual(expectedFile);
  expect(failures).toEqual([]);
});

test(`without a bundler, under a base path, with ${withWebAssembly}`, async () => {
  const { page, failures } = await openPage(consumer, 'native.html', withWebAssembly);
  expect(await page.evaluate(() => globalThis.stepFound)).toEqual(expectedStep);
  expect(await page.evaluate(() => globalThis.trained)).toEqual(expectedFile);
  expect(failures).toEqual([]);
});

test('the page of the README computes a step of its network', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, html = ''] = /^```html\n(.*?)^```$/ms.exec(readme) ?? [];
  await writeFile(path.join(consumer, 'readme.html'), html);
  const { page, failures } = await openPage(consumer, 'readme.html', "script-src 'self' 'unsafe-inline'");
  await page.locator('output:not(:empty)').waitFor();
  const trace = traceStep(createNetwork([3, 2, 2], { seed: 42 }), Float64Array.of(0.5, 0.8, 0.2), 1, 0.1);
  expect(await page.locator('output').textContent()).toBe(
    `${trace.lossBefore.toFixed(4)} → ${trace.lossAfter.toFixed(4)}`,
  );
  expect(failures).toEqual([]);
});

test('without wasm-unsafe-eval the reference works, and the kernels reject with the CompileError', async () => {
  const { page } = await openPage(consumer, 'native.html', withoutWebAssembly);
  expect(await page.evaluate(() => globalThis.stepFound)).toEqual(expectedStep);
  const refused = page.evaluate(() => globalThis.trained);
  await expect(refused).rejects.toThrow(/CompileError: WebAssembly\.compile\(\).*unsafe-eval/);
});
