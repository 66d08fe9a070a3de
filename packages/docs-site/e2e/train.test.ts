import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createNetwork, type Network, parameterBytes } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';
import { expect, inject, test } from 'vitest';
import { type Digits, splitDigits } from '../src/demos/train/digits.ts';
import { SHARDS } from '../src/demos/train/run-settings.ts';
import { formatPercent } from '../src/desk/format-number.ts';
import { evaluateSamples } from '../src/desk/worker/evaluate-samples.ts';
import { useDemoPage } from './demo-page.ts';

const sha256 = (parameters: Float64Array) =>
  createHash('sha256').update(parameterBytes(parameters)).digest('hex');

/** The page's digits, from the file that it fetches. */
async function digitsOfPage(): Promise<Digits> {
  const packed = await readFile(path.join(inject('rootSite'), 'data', 'mnist-subset.bin'));
  return splitDigits(new Uint8Array(gunzipSync(packed)), 10_000);
}

/** The same run by core, in Node. */
async function trainByCore({ hidden = 10, seed = 42, learningRate = 0.1, steps = 0 }): Promise<Network> {
  const { train } = await digitsOfPage();
  const training = await createKernelTraining({
    ...train,
    network: createNetwork([784, hidden, 10], { seed }),
    seed,
    batchSize: 64,
    shards: SHARDS,
    learningRate,
    momentum: 0,
  });
  training.trainSteps(steps);
  return training.network();
}

const hashByCore = async (run: Parameters<typeof trainByCore>[0]) =>
  sha256((await trainByCore(run)).parameters);

const PER_EPOCH = Math.ceil(10_000 / 64);

const { demo, page, press, result, tap, told } = useDemoPage('tutorial/train-it/', 'Train on MNIST, here');
const hash = () => demo().locator('code[data-hash]').textContent();
const load = () => demo().getByRole('button', { name: /^Load 10,000 \+ 2,000 digits \(1\.9 MB\)$/ });
const button = (name: string) => demo().getByRole('button', { name, exact: true });
const fact = (name: string) => demo().locator(`[data-fact="${name}"]`).textContent();
const until = (text: RegExp) => demo().locator('[data-result]').filter({ hasText: text }).waitFor();

test('trains to the bits of core in Node, and replays them', async () => {
  await load().click();
  await button('Start').click();
  await until(/^After 20 epochs, 3,140 steps: \d\d\.\d % test accuracy/);
  const first = await hash();
  expect(first).toBe(await hashByCore({ steps: 20 * PER_EPOCH }));
  // The hash that the text of the page promises.
  expect(await page().locator('[data-expected-hash]').textContent()).toBe(first);
  const accuracy = Number(/(\d\d\.\d) %/.exec((await result())!)![1]) / 100;
  expect(accuracy).toBeGreaterThan(0.85);
  expect(await fact('images per second')).toMatch(/^[\d,]+$/);

  // The confusion matrix counts each test image once, and the correct predictions on its diagonal.
  const cells = await demo().locator('[data-confusion] td:not(:empty)').allInnerTexts();
  const counts = cells.map(Number);
  expect(counts).toHaveLength(100);
  expect(counts.reduce((a, b) => a + b)).toBe(2000);
  expect(counts.filter((_, k) => k % 11 === 0).reduce((a, b) => a + b) / 2000).toBeCloseTo(accuracy, 2);

  await button('Replay').click();
  await until(/^Replayed 3,140 steps from the same seed: every parameter has the same bits\.$/);
  expect(await hash()).toBe(first);
});

test('trains step by step and in slow motion, and stops at a press; by touch', async () => {
  await load().tap();
  await tap('One step');
  await until(/^After 1 step:/);
  expect(await hash()).toBe(await hashByCore({ steps: 1 }));
  await demo().getByRole('checkbox', { name: 'Slow motion' }).tap();
  await tap('Train 20 epochs more');
  // At least three steps. In slow motion, 20 epochs take minutes, so the press comes long before the end.
  await until(/^After (?:[3-9]|\d{2,}) steps:/);
  await tap('Stop');
  await button('Train 20 epochs more').waitFor();
  const steps = Number(await fact('steps'));
  expect(await hash()).toBe(await hashByCore({ steps }));
  await tap('Start again');
  expect(await demo().locator('[data-fact]').count()).toBe(0);
});

test('is set and run by keyboard, announces its result, and offers its network on the next page', async () => {
  const { keyboard } = page();
  await load().focus();
  await keyboard.press('Enter');
  await button('Start').waitFor();
  const seed = demo().getByRole('spinbutton', { name: 'Seed' });
  await seed.focus();
  await keyboard.press('ArrowUp');
  await demo().getByRole('slider', { name: 'Hidden neurons' }).focus();
  await keyboard.press('ArrowRight');
  await demo().getByRole('slider', { name: 'Epochs' }).focus();
  await keyboard.press('Home');
  await button('Start').focus();
  await keyboard.press('Enter');
  await told('After 1 epoch, 157 steps');
  expect(await hash()).toBe(await hashByCore({ hidden: 11, seed: 43, steps: PER_EPOCH }));
  expect(
    await demo()
      .getByRole('img', { name: /^Weights of hidden neuron \d+$/ })
      .count(),
  ).toBe(11);
  await demo().getByRole('radio', { name: 'changes by training' }).check();
  expect(
    await demo()
      .getByRole('img', { name: /^Changes of the weights of hidden neuron/ })
      .count(),
  ).toBe(11);
  await demo().getByRole('link', { name: 'draw a digit for it' }).click();
  const next = page().getByRole('region', { name: 'Draw a digit' });
  await next.scrollIntoViewIfNeeded();
  await next.getByRole('radio', { name: 'Yours 11 hidden neurons' }).check();
});

test('with a learning rate that is too high, ends at the accuracy and loss that core computes', async () => {
  await load().click();
  await press('Learning rate 2: too high');
  await button('Start').click();
  await until(/^After 20 epochs, 3,140 steps:/);
  const network = await trainByCore({ learningRate: 2, steps: 20 * PER_EPOCH });
  expect(await hash()).toBe(sha256(network.parameters));
  const { test: tests } = await digitsOfPage();
  const { loss, accuracy } = evaluateSamples(network, tests);
  expect(await result()).toBe(
    `After 20 epochs, 3,140 steps: ${formatPercent(accuracy)} test accuracy (2,000 images), loss ${loss.toFixed(3)}.`,
  );
  // A small rate reaches 0.9.
  expect(accuracy).toBeLessThan(0.3);
});

test('trains in its worker alone: the page’s own thread compiles no kernels', async () => {
  await page().evaluate(() => {
    const compiled: string[] = [];
    Object.assign(window, { compiled });
    for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'] as const) {
      const original = WebAssembly[name] as (...given: unknown[]) => unknown;
      Object.assign(WebAssembly, {
        [name]: (...given: unknown[]) => {
          compiled.push(name);
          return original.apply(WebAssembly, given);
        },
      });
    }
  });
  await load().click();
  await button('One step').click();
  await until(/^After 1 step:/);
  expect(await hash()).toBe(await hashByCore({ steps: 1 }));
  expect(await page().evaluate(() => (window as unknown as { compiled: string[] }).compiled)).toEqual([]);
  expect(page().workers()).toHaveLength(1);
});
