import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNetwork } from '../initialize.ts';
import { epochOrderInto } from '../random/random-stream.ts';
import { compileKernels } from './compile.ts';
import { orderEpoch } from './order.ts';
import { createKernelRun, type KernelRun } from './run.ts';

const layers = [4, 2, 2];
const module = compileKernels({ shared: false });

function runOf(count: number, batchSize: number): Promise<KernelRun> {
  const samples = { images: new Uint8Array(4 * count), labels: new Uint8Array(count) };
  const { parameters } = createNetwork(layers, { seed: 1 });
  const settings = {
    layers,
    parallel: 'data',
    batchSize,
    shards: 1,
    learningRate: 0.1,
    momentum: 0,
  } as const;
  const request = { settings, parameters, train: { samples, count }, sets: [], workers: 1 };
  return createKernelRun(request, { shared: false, module });
}

const orderOf = ({ memory, plan }: KernelRun): number[] => [
  ...new Uint32Array(memory.buffer, plan.order, plan.trainCount),
];

test('orderEpoch writes the order of epochOrderInto, for any seed, epoch, batch size and number of samples', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.maxSafeNat(),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      async (seed, epoch, count, batchSize) => {
        const run = await runOf(count, batchSize);
        const places = Uint32Array.from({ length: count }, (_, i) => 7 * i);
        const expected = new Uint32Array(count);
        epochOrderInto(expected, places, { batchSize, seed, epoch });
        orderEpoch(run, places, { seed, epoch });
        expect(orderOf(run)).toEqual([...expected]);
      },
    ),
    { examples: [[2 ** 53 - 1, 2 ** 32 - 1, 300, 1]] },
  );
});

// Of 100,000 draws below numbers of up to 100,000, one or two are drawn again.
test('orderEpoch draws again where epochOrderInto does', async () => {
  const count = 100_000;
  const run = await runOf(count, 1);
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  const expected = new Uint32Array(count);
  for (let epoch = 1; epoch <= 5; epoch++) {
    epochOrderInto(expected, places, { batchSize: 1, seed: 42, epoch });
    orderEpoch(run, places, { seed: 42, epoch });
    expect(orderOf(run).every((place, i) => place === expected[i])).toBe(true);
  }
});

test('orderEpoch checks places, seed and epoch', async () => {
  const run = await runOf(3, 1);
  const places = Uint32Array.of(0, 1, 2);
  expect(() => orderEpoch(run, Uint32Array.of(0, 1), { seed: 1, epoch: 1 })).toThrow(
    'orderEpoch: order must have as many values as places (2), got 3',
  );
  expect(() => orderEpoch(run, places, { seed: -1, epoch: 1 })).toThrow(
    'orderEpoch: seed must be a whole number from 0 to 9007199254740991, got -1',
  );
  expect(() => orderEpoch(run, places, { seed: 1, epoch: 2 ** 32 })).toThrow(
    'orderEpoch: epoch must be a whole number from 0 to 4294967295, got 4294967296',
  );
});
