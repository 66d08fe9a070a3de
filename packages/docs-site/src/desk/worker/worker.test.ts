import { accuracy, crossEntropyFromLogits, forward, parameterBytes, predict } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';
import { goldenDigits, goldenRuns } from '@micronn/fixtures';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, type WorkerClient } from './client.ts';
import type { FromWorker, TrainingReport } from './messages.ts';
import { serve } from './serve.ts';

// Client and server are the real ones. A MessageChannel stands for the worker: it clones messages and keeps their order.
let client: WorkerClient;
let channel: MessageChannel;
/** Every message from the worker, also those that the client drops. */
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
const pixels = Float64Array.from(samples.images, (byte) => byte / 255);
const golden = goldenRuns[0]!;
const settings = { ...golden, layers: [784, ...golden.hidden, 10] };

async function sha256(parameters: Float64Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', parameterBytes(parameters));
  return Buffer.from(digest).toString('hex');
}

const goldenSteps = golden.epochs * Math.ceil(samples.labels.length / golden.batchSize);

describe('a run in the worker', () => {
  test('trains the golden run to the bits of the trainer, and reports its progress', async () => {
    await client.ask('init', { settings, samples });
    const reports: TrainingReport[] = [];
    const { report, network } = await client.ask(
      'start',
      { steps: goldenSteps },
      { onReport: (one) => reports.push(one) },
    );
    expect(await sha256(network.parameters)).toBe(golden.parametersSha256);
    expect(report).toEqual(reports.at(-1));
    expect(report).toMatchObject({ steps: goldenSteps, samples: golden.epochs * samples.labels.length });
  });

  test('has the same bits when several requests train it', async () => {
    await client.ask('init', { settings, samples });
    const { report } = await client.ask('start', { steps: 1 });
    expect(report).toMatchObject({ steps: 1, samples: 64 });
    await client.ask('start', { steps: 7 });
    const { network } = await client.ask('start', { steps: goldenSteps });
    expect(await sha256(network.parameters)).toBe(golden.parametersSha256);
  });

  test('reports loss and accuracy of the samples since the last report', async () => {
    const { network } = await client.ask('init', { settings, samples });
    const first = (await client.ask('start', { steps: 5 })).report!;
    const training = await createKernelTraining({ ...settings, ...samples, network });
    const epoch = training.trainEpoch();
    expect(first.loss).toBeCloseTo(epoch.loss, 12);
    expect(first.accuracy).toBeCloseTo(epoch.accuracy, 12);
    const second = (await client.ask('start', { steps: 6 })).report!;
    const step = training.trainSteps(1);
    expect(second).toMatchObject({ loss: step.loss, accuracy: step.accuracy });
  });

  test('has nothing to report when it has the steps already', async () => {
    await client.ask('init', { settings, samples });
    await client.ask('start', { steps: 7 });
    expect((await client.ask('start', { steps: 7 })).report).toBeUndefined();
  });

  test('stops when it is cancelled, and answers with its progress', async () => {
    await client.ask('init', { settings, samples });
    const controller = new AbortController();
    const { report, network } = await client.ask(
      'start',
      { steps: 1e9 },
      { signal: controller.signal, onReport: () => controller.abort() },
    );
    expect(report!.steps).toBeGreaterThanOrEqual(1);
    expect(report!.steps).toBeLessThan(1e9);
    const { predictions } = await client.ask('evaluate', { samples });
    expect([...predictions]).toEqual([...predict(network, pixels)]);
  });

  test('evaluates its network as core does', async () => {
    await client.ask('init', { settings, samples });
    const { network } = await client.ask('start', { steps: goldenSteps });
    const { loss, accuracy: share, predictions } = await client.ask('evaluate', { samples });
    const { z } = forward(network, pixels);
    expect([...predictions]).toEqual([...predict(network, pixels)]);
    expect(share).toBe(accuracy(predictions, samples.labels));
    expect(loss).toBeCloseTo(crossEntropyFromLogits(z.at(-1)!, samples.labels, 10), 12);
  });
});

test('an enlarged image of MNIST is scaled back to the original', async () => {
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

test('a drawing becomes a 28 × 28 image, and a drawing without ink has no image', async () => {
  const strokes = [Array.from({ length: 20 }, (_, k) => ({ x: 100, y: 50 + 5 * k }))];
  const { image } = await client.ask('preprocess', { strokes });
  expect(image).toHaveLength(784);
  expect(Math.max(...image!)).toBe(255);
  expect((await client.ask('preprocess', { strokes: [] })).image).toBeUndefined();
});

describe('requests', () => {
  const stroke = Array.from({ length: 20 }, (_, k) => ({ x: 100, y: 50 + 5 * k }));

  test('reject with name, message and code of the error in the worker', async () => {
    const wrong = client.ask('init', { settings: { ...settings, batchSize: 0 }, samples });
    await expect(wrong).rejects.toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE',
      message: expect.stringMatching(/^createKernelTraining: batchSize must be/),
    });
    await expect(client.ask('start', { steps: 1 })).rejects.toThrow(
      'worker: there is no run; send init first',
    );
  });

  test('of askLatest are computed and answered for the last one only', async () => {
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => client.askLatest('preprocess', { strokes: [stroke] })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect((outcomes[0] as PromiseRejectedResult).reason.name).toBe('AbortError');
    expect(said.map(({ kind }) => kind)).toEqual(['answer']);
  });

  test('drop a reply that arrives after the cancellation', async () => {
    const controller = new AbortController();
    const stale = client.ask('preprocess', { strokes: [stroke] }, { signal: controller.signal });
    controller.abort();
    await expect(stale).rejects.toMatchObject({ name: 'AbortError' });
    // As if the cancellation and the answer had crossed.
    const late: FromWorker = { id: 1, kind: 'failed', name: 'Error', message: 'late' };
    channel.port2.postMessage(late, []);
    await expect(client.ask('preprocess', { strokes: [] })).resolves.toEqual({ image: undefined });
  });

  test('are answered while a run trains', async () => {
    await client.ask('init', { settings, samples });
    const controller = new AbortController();
    const run = client.ask('start', { steps: 1e9 }, { signal: controller.signal });
    expect((await client.ask('preprocess', { strokes: [stroke] })).image).toHaveLength(784);
    expect((await client.ask('evaluate', { samples })).predictions).toHaveLength(samples.labels.length);
    controller.abort();
    expect((await run).report!.steps).toBeGreaterThan(0);
  });

  test('are not sent when the signal is aborted already', async () => {
    const aborted = client.ask('preprocess', { strokes: [] }, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrow('preprocess: the request was cancelled');
    expect(said).toEqual([]);
  });
});
