import { createHash } from 'node:crypto';
import { createNetwork, parameterBytes } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';
import { goldenDigits } from '@micronn/fixtures';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient, type WorkerClient } from '../../desk/worker/client.ts';
import { serve } from '../../desk/worker/serve.ts';
import { splitDigits } from './digits.ts';
import { createRun, type RunView } from './run.ts';
import { type RunSettings, SHARDS, startSettings } from './run-settings.ts';

let channel: MessageChannel;
let client: WorkerClient;

beforeEach(() => {
  channel = new MessageChannel();
  const take = serve((message) => channel.port2.postMessage(message, []));
  channel.port2.addEventListener('message', ({ data }) => take(data));
  channel.port2.start();
  client = createClient(channel.port1);
  channel.port1.start();
});

afterEach(() => channel.port1.close());

const bytes = Uint8Array.from([...goldenDigits.labels, ...goldenDigits.pixels()]);
const digits = splitDigits(bytes, 200);
const settings: RunSettings = { ...startSettings, batchSize: 16 };
const PER_EPOCH = Math.ceil(200 / 16);
const sha256 = (parameters: Float64Array) =>
  createHash('sha256').update(parameterBytes(parameters)).digest('hex');

/** The same run by core, without the worker. */
async function trainedByCore(steps: number): Promise<Float64Array> {
  const training = await createKernelTraining({
    ...digits.train,
    ...settings,
    momentum: 0,
    shards: SHARDS,
    network: createNetwork([784, settings.hidden, 10], settings),
  });
  training.trainSteps(steps);
  return training.network().parameters;
}

test('trains to the bits of core, with the same marks at full speed, in slow motion and in parts', async () => {
  const quick = await createRun(client, digits, settings, () => {});
  await quick.trainTo(2 * PER_EPOCH);
  expect(sha256(quick.view().network.parameters)).toBe(sha256(await trainedByCore(2 * PER_EPOCH)));
  const marks = quick
    .view()
    .marks.map(({ steps, testLoss, testAccuracy }) => ({ steps, testLoss, testAccuracy }));
  expect(marks.map(({ steps }) => steps)).toEqual([0, 2, 4, 5, 7, 9, 10, 12, 13, 26]);

  const other = await createRun(client, digits, settings, () => {});
  await other.trainTo(1);
  await other.trainTo(6, { slowly: true });
  await other.trainTo(2 * PER_EPOCH);
  const { marks: theirs, network } = other.view();
  expect(sha256(network.parameters)).toBe(sha256(quick.view().network.parameters));
  expect(theirs.map(({ steps, testLoss, testAccuracy }) => ({ steps, testLoss, testAccuracy }))).toEqual(
    marks,
  );
  // The training loss between two marks is the same up to the order of its sum.
  for (const [k, { trainLoss }] of theirs.entries()) {
    if (k > 0) expect(trainLoss).toBeCloseTo(quick.view().marks[k]!.trainLoss!, 6);
  }
});

test('stops when the signal is aborted, and shows the step that it has reached', async () => {
  const views: RunView[] = [];
  const controller = new AbortController();
  const run = await createRun(client, digits, settings, (view) => {
    views.push(view);
    if (view.now.steps > 0) controller.abort();
  });
  expect(views.map(({ now }) => now.steps)).toEqual([0]);
  await run.trainTo(1e9, { signal: controller.signal });
  const { now, network } = run.view();
  expect(now.steps).toBeGreaterThan(0);
  expect(now.steps).toBeLessThan(1e9);
  expect(views.at(-1)).toEqual(run.view());
  expect(sha256(network.parameters)).toBe(sha256(await trainedByCore(now.steps)));
});

test('ends when the loss is not finite', async () => {
  const run = await createRun(client, digits, { ...settings, learningRate: 1e38 }, () => {});
  await run.trainTo(100 * PER_EPOCH);
  expect(Number.isFinite(run.view().now.testLoss)).toBe(false);
  expect(run.view().now.steps).toBeLessThan(100 * PER_EPOCH);
});
