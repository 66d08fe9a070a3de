import { setImmediate as turn } from 'node:timers/promises';
import { createNetwork } from '@micronn/core';
import { afterAll, expect, test } from 'vitest';
import { digitSamples } from '../../test/train-digits.ts';
import { allPlaces } from '../data/samples.ts';
import { createWorkerPool, type WorkerPool } from './pool.ts';
import { BEGIN } from './position.ts';
import { trainNetwork } from './train-network.ts';

const pool = createWorkerPool(2, 'wasm');
afterAll(() => pool.close());

/** Gives whatever could run now the time to run. */
async function pass(): Promise<void> {
  for (let turns = 0; turns < 100; turns++) await turn();
}

interface Recorded {
  readonly log: string[];
  /** Resolve when the steps of an epoch have begun, and ended. */
  readonly begun: (epoch: number) => Promise<void>;
  readonly ended: (epoch: number) => Promise<void>;
}

/** Trains epochs on real digits, and records what happens in which order. */
async function train(
  epochs: number,
  save: (epoch: number, recorded: Recorded) => Promise<void>,
  interruption = new AbortController(),
) {
  const log: string[] = [];
  const createMoments = () => Array.from({ length: epochs + 1 }, () => Promise.withResolvers<void>());
  const [begins, ends] = [createMoments(), createMoments()];
  const recorded: Recorded = {
    log,
    begun: (epoch) => begins[epoch]!.promise,
    ended: (epoch) => ends[epoch]!.promise,
  };
  const recording: WorkerPool = {
    ...pool,
    async runSteps(memory, plan, part) {
      log.push(`train ${part.epoch}`);
      const running = pool.runSteps(memory, plan, part);
      begins[part.epoch]!.resolve();
      const end = await running;
      ends[part.epoch]!.resolve();
      return end;
    },
    stop(memory) {
      log.push('stop');
      pool.stop(memory);
    },
  };
  const layers = [784, 6, 10];
  const plan = { layers, parallel: 'data', batchSize: 3, shards: 2, learningRate: 0.1, momentum: 0 } as const;
  const trainOrder = allPlaces(digitSamples);
  const memory = await pool.allocate({
    plan,
    parameters: createNetwork(layers, { seed: 1 }).parameters,
    train: { samples: digitSamples, count: trainOrder.length },
    sets: [],
  });
  const running = trainNetwork({
    pool: recording,
    plan,
    memory,
    trainOrder,
    epochs,
    seed: 1,
    begin: BEGIN,
    maxRestarts: 0,
    savesBeside: true,
    signal: interruption.signal,
    onProgress: () => undefined,
    async onCheckpoint({ epoch, step }) {
      log.push(`checkpoint ${epoch} ${step > 0 ? 'and steps' : ''}`);
    },
    async onEpoch({ epoch }) {
      log.push(`save ${epoch}`);
      await save(epoch, recorded);
      log.push(`saved ${epoch}`);
    },
    onRestart: () => undefined,
  });
  return { log, end: await running.catch((error: unknown) => error) };
}

test('an epoch is saved while the next one trains, and before the next one is saved or the run ends', async () => {
  const { log, end } = await train(3, async (epoch, { ended }) => {
    if (epoch < 3) await ended(epoch + 1);
    await pass();
  });
  expect(end).toMatchObject({ kind: 'done', position: { epoch: 3 } });
  expect(log).toEqual([
    'train 1',
    'save 1',
    'train 2',
    'saved 1',
    'save 2',
    'train 3',
    'saved 2',
    'save 3',
    'saved 3',
  ]);
});

test('a failed save stops the epoch that trains, and ends the run with its error', async () => {
  const failure = new Error('the disk is full');
  const { log, end } = await train(3, async (epoch, { begun }) => {
    await begun(epoch + 1);
    throw failure;
  });
  expect(end).toBe(failure);
  expect(log.filter((line) => line !== 'stop')).toEqual(['train 1', 'save 1', 'train 2']);
});

test('a failed save of the last epoch ends the run with its error', async () => {
  const failure = new Error('the disk is full');
  const { log, end } = await train(1, async () => {
    await pass();
    throw failure;
  });
  expect(end).toBe(failure);
  expect(log).toEqual(['train 1', 'save 1']);
});

test('an interruption waits for the save, and then saves the step at which it stopped', async () => {
  const interruption = new AbortController();
  const { log, end } = await train(
    3,
    async (epoch, { begun }) => {
      if (epoch > 1) return;
      await begun(2);
      interruption.abort();
      await pass();
    },
    interruption,
  );
  expect(end).toMatchObject({ kind: 'interrupted' });
  expect(log.slice(0, 5)).toEqual(['train 1', 'save 1', 'train 2', 'stop', 'saved 1']);
  // Two steps, or all, may be done before the workers see the request.
  expect([['checkpoint 1 and steps'], ['save 2', 'saved 2']]).toContainEqual(log.slice(5));
});
