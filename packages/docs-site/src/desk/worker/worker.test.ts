import { forward, parameterBytes } from '@micronn/core';
import { goldenDigits, goldenRuns } from '@micronn/fixtures';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, type WorkerClient } from './client.ts';
import type { FromWorker, TrainingReport } from './messages.ts';
import { serve } from './serve.ts';

// Both sides as they are, with a MessageChannel for the worker's line: messages are cloned and come in order.
let client: WorkerClient;
let channel: MessageChannel;
/** What the worker said, whether or not anyone waited for it. */
let said: FromWorker[];

beforeEach(() => {
  channel = new MessageChannel();
  said = [];
  const take = serve((message) => {
    said.push(message);
    channel.port2.postMessage(message, []);
  });
  channel.port2.addEventListener('message', ({ data }) => take(data));
  channel.port2.start();
  client = createClient(channel.port1);
  channel.port1.start();
});

afterEach(() => channel.port1.close());

const samples = {
  images: Uint8Array.from(goldenDigits.pixels(), (pixel) => pixel),
  labels: Uint8Array.from(goldenDigits.labels),
};
const golden = goldenRuns[0]!;
const settings = { ...golden, layers: [784, ...golden.hidden, 10] };

async function sha256(parameters: Float64Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', parameterBytes(parameters));
  return Buffer.from(digest).toString('hex');
}

describe('the worker', () => {
  test('trains the golden run to the very bits of the trainer, and reports on its way', async () => {
    await client.ask('init', { settings, samples });
    const reports: TrainingReport[] = [];
    const { report, network } = await client.ask(
      'start',
      { epochs: golden.epochs },
      { onReport: (one) => reports.push(one) },
    );
    expect(await sha256(network.parameters)).toBe(golden.parametersSha256);
    expect(report).toEqual(reports.at(-1));
    expect(report).toMatchObject({ epochs: golden.epochs, steps: golden.epochs * 5 });
    expect(report!.samples).toBe(golden.epochs * samples.labels.length);
    const ended = reports.flatMap((one) => one.ended);
    expect(ended.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(ended[2]!.loss).toBeLessThan(ended[0]!.loss);
  });

  test('the same run in steps and starts has the same bits', async () => {
    await client.ask('init', { settings, samples });
    const { report } = await client.ask('step', { steps: 1 });
    expect(report).toMatchObject({ epochs: 0, steps: 1, samples: 64, ended: [] });
    await client.ask('start', { epochs: 1 });
    await client.ask('step', { steps: 7 });
    const { network } = await client.ask('start', { epochs: golden.epochs });
    expect(await sha256(network.parameters)).toBe(golden.parametersSha256);
  });

  test('trains until so many steps were trained', async () => {
    await client.ask('init', { settings, samples });
    await client.ask('start', { steps: 3 });
    const { report } = await client.ask('start', { steps: 7 });
    expect(report).toMatchObject({ epochs: 1, steps: 7 });
    expect((await client.ask('start', { steps: 7 })).report).toBeUndefined();
  });

  test('a run that is cancelled stops within an epoch and says how far it came', async () => {
    await client.ask('init', { settings, samples });
    const controller = new AbortController();
    const { report, network } = await client.ask(
      'start',
      { epochs: 1e9 },
      { signal: controller.signal, onReport: () => controller.abort() },
    );
    expect(report!.steps).toBeGreaterThanOrEqual(1);
    expect(report!.epochs).toBeLessThan(1e9);
    expect((await client.ask('network', {})).network.parameters).toEqual(network.parameters);
  });

  test('evaluates the samples it trains on and others alike', async () => {
    await client.ask('init', { settings, samples });
    await client.ask('start', { epochs: 3 });
    const own = await client.ask('evaluate', {});
    const sent = await client.ask('evaluate', { samples });
    expect(sent.predictions).toEqual(own.predictions);
    expect(sent.loss).toBeCloseTo(own.loss, 5);
    expect(sent.accuracy).toBeCloseTo(own.accuracy, 12);
  });

  test('predicts with the network that comes along', async () => {
    const { network } = await client.ask('init', { settings, samples });
    const x = Float64Array.from(samples.images.subarray(0, 784), (byte) => byte / 255);
    const { probabilities } = await client.ask('predict', { network, x });
    expect(probabilities).toEqual(forward(network, x).probabilities);
  });
});

test('an image of MNIST that is larger becomes what it was', async () => {
  const image = samples.images.subarray(0, 784);
  const ink = Uint8Array.from({ length: 4 * 784 }, (_, k) => {
    const [x, y] = [k % 56, Math.floor(k / 56)];
    return image[28 * Math.floor(y / 2) + Math.floor(x / 2)]!;
  });
  const small = (await client.ask('preprocess', { ink: image, width: 28, height: 28 })).image!;
  const large = (await client.ask('preprocess', { ink, width: 56, height: 56 })).image!;
  expect(small).toEqual(image);
  const off = large.reduce((sum, level, k) => sum + Math.abs(level - image[k]!), 0) / 784;
  expect(off).toBeLessThan(4);
});

test('a drawing becomes the image that the network sees, and one without ink none', async () => {
  const strokes = [Array.from({ length: 20 }, (_, k) => ({ x: 100, y: 50 + 5 * k }))];
  const { image } = await client.ask('preprocess', { strokes });
  expect(image).toHaveLength(784);
  expect(Math.max(...image!)).toBe(255);
  expect((await client.ask('preprocess', { strokes: [] })).image).toBeUndefined();
});

describe('requests', () => {
  test('an error in the worker arrives with its name, message and code', async () => {
    const wrong = client.ask('init', { settings: { ...settings, batchSize: 0 }, samples });
    await expect(wrong).rejects.toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE',
      message: expect.stringMatching(/^createKernelTraining: batchSize must be/),
    });
    await expect(client.ask('start', { epochs: 1 })).rejects.toThrow('worker: there is no run yet');
  });

  test('of several latest requests only the last is answered, and the worker does not compute the others', async () => {
    const { network } = await client.ask('init', { settings, samples });
    said.length = 0;
    const x = new Float64Array(784);
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => client.askLatest('predict', { network, x })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect((outcomes[0] as PromiseRejectedResult).reason.name).toBe('AbortError');
    expect(said.map(({ kind }) => kind)).toEqual(['answer']);
  });

  test('a reply that comes too late is dropped', async () => {
    const { network } = await client.ask('init', { settings, samples });
    const controller = new AbortController();
    const stale = client.ask('predict', { network, x: new Float64Array(784) }, { signal: controller.signal });
    controller.abort();
    await expect(stale).rejects.toMatchObject({ name: 'AbortError' });
    // As if the cancellation had crossed the answer on its way.
    const late: FromWorker = { id: 2, kind: 'failed', name: 'Error', message: 'late' };
    channel.port2.postMessage(late, []);
    await expect(client.ask('network', {})).resolves.toEqual({ network });
  });

  test('others are answered while a run goes on', async () => {
    await client.ask('init', { settings, samples });
    const controller = new AbortController();
    const run = client.ask('start', { epochs: 1e9 }, { signal: controller.signal });
    const { network } = await client.ask('network', {});
    const { probabilities } = await client.ask('predict', { network, x: new Float64Array(784) });
    expect(probabilities).toHaveLength(10);
    expect(await client.ask('evaluate', {})).toMatchObject({ accuracy: expect.any(Number) });
    controller.abort();
    expect((await run).report!.steps).toBeGreaterThan(0);
  });

  test('a signal that is aborted already asks nothing', async () => {
    await expect(client.ask('network', {}, { signal: AbortSignal.abort() })).rejects.toThrow(
      'network: nobody waits',
    );
    expect(said).toEqual([]);
  });
});
