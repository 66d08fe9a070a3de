import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createNetwork, parameterBytes } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';
import type { CDPSession } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import { splitDigits } from '../src/demos/train/digits.ts';
import { SHARDS } from '../src/demos/train/run-settings.ts';
import { useDemoPage } from './demo-page.ts';

const sha256 = (parameters: Float64Array) =>
  createHash('sha256').update(parameterBytes(parameters)).digest('hex');

/** The same run by core, in Node, on the file that the page fetches. */
async function trainedByCore(hidden: number, seed: number, steps: number) {
  const packed = await readFile(path.join(inject('rootSite'), 'data', 'mnist-subset.bin'));
  const { train } = splitDigits(new Uint8Array(gunzipSync(packed)), 10_000);
  const training = await createKernelTraining({
    ...train,
    network: createNetwork([784, hidden, 10], { seed }),
    seed,
    batchSize: 64,
    shards: SHARDS,
    learningRate: 0.1,
    momentum: 0,
  });
  training.trainSteps(steps);
  return sha256(training.network().parameters);
}

const PER_EPOCH = Math.ceil(10_000 / 64);

describe('train on MNIST', () => {
  const { demo, page, press, result, tap, told } = useDemoPage('tutorial/train-it/', 'Train on MNIST, here');
  const hash = () => demo().locator('code[data-hash]').textContent();
  const load = () => demo().getByRole('button', { name: /^Load 10,000 \+ 2,000 digits \(1\.9 MB\)$/ });
  const button = (name: string) => demo().getByRole('button', { name, exact: true });
  const fact = (name: string) => demo().locator(`[data-fact="${name}"]`).textContent();
  const until = (text: RegExp) => demo().locator('[data-result]').filter({ hasText: text }).waitFor();

  test('comes to the bits of core in Node, and again when it is replayed', async () => {
    await load().click();
    await button('Start').click();
    await until(/^After 20 epochs, 3,140 steps: \d\d\.\d % of 2,000 test images right/);
    const first = await hash();
    expect(first).toBe(await trainedByCore(10, 42, 20 * PER_EPOCH));
    // What the page says that it should come to.
    expect(await page().locator('[data-expected-hash]').textContent()).toBe(first);
    const accuracy = Number(/(\d\d\.\d) %/.exec((await result())!)![1]) / 100;
    expect(accuracy).toBeGreaterThan(0.85);
    expect(await fact('images a second')).toMatch(/^[\d,]+$/);

    // The confusion matrix counts each test image once, and the right ones on its diagonal.
    const cells = await demo().locator('[data-confusion] td:not(:empty)').allInnerTexts();
    const counts = cells.map(Number);
    expect(counts).toHaveLength(100);
    expect(counts.reduce((a, b) => a + b)).toBe(2000);
    expect(counts.filter((_, k) => k % 11 === 0).reduce((a, b) => a + b) / 2000).toBeCloseTo(accuracy, 2);

    await button('Replay').click();
    await until(/^Replayed 3,140 steps from the same seed: every parameter has the same bits again\.$/);
    expect(await hash()).toBe(first);
  });

  test('goes a step at a time, slowly, and stops when told to; by touch', async () => {
    await load().tap();
    await tap('One step');
    await until(/^After 1 step:/);
    expect(await hash()).toBe(await trainedByCore(10, 42, 1));
    await demo().getByRole('checkbox', { name: 'Slowly, to watch' }).tap();
    await tap('Train 20 epochs more');
    await until(/^After [3-9] steps:/);
    await tap('Stop');
    await button('Train 20 epochs more').waitFor();
    const steps = Number(await fact('steps'));
    expect(await hash()).toBe(await trainedByCore(10, 42, steps));
    await tap('Start again');
    expect(await demo().locator('[data-fact]').count()).toBe(0);
  });

  test('is set and run by keyboard, says its result, and its network reads digits on the next page', async () => {
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
    expect(await hash()).toBe(await trainedByCore(11, 43, PER_EPOCH));
    expect(
      await demo()
        .getByRole('img', { name: /^Weights of hidden neuron \d+$/ })
        .count(),
    ).toBe(11);
    await demo().getByRole('radio', { name: 'what training has changed' }).check();
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

  test('says that a learning rate is too high rather than showing numbers that are none', async () => {
    await load().click();
    await press('Learning rate 2: too much');
    await button('Start').click();
    await until(/^After .*(no longer finite|test images right, loss)/);
  });

  test('keeps every task of the page under 50 ms of its thread’s time while the worker trains', async () => {
    await load().click();
    await press('128 hidden neurons from He’s start');
    const session = await page().context().newCDPSession(page());
    const trace = await record(session, async () => {
      await button('Start').click();
      await until(/^After [3-9] epochs/);
      await button('Stop').click();
      await demo().locator('code[data-hash]').waitFor();
    });
    const tasks = mainThreadTasks(trace);
    expect(tasks.length).toBeGreaterThan(20);
    expect(Math.max(...tasks)).toBeLessThan(50);
  });
});

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds that the thread itself ran: what others on the machine do is not counted. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

async function record(session: CDPSession, task: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] },
  });
  await task();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  return events;
}

/** The tasks of the renderers' main threads, in milliseconds. */
function mainThreadTasks(events: readonly TraceEvent[]): number[] {
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}.${tid}`),
  );
  return events
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && main.has(`${pid}.${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000);
}
