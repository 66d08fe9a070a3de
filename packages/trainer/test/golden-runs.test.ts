import path from 'node:path';
import { createNetwork } from '@micronn/core';
import { type GoldenRun, goldenRuns } from '@micronn/fixtures';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parametersSha256 } from '../src/run-folder/model-file.ts';
import type { WorkerPool } from '../src/training/pool.ts';
import { createFaultyPool } from './harness/faulty-pool.ts';
import { doneOf, temporaryFolder } from './run-cli.ts';
import { digitSamples, trainDigits } from './train-digits.ts';

/** Trains a golden run on a pool, and returns the hash of its parameters. */
async function hashOf(pool: WorkerPool, run: GoldenRun): Promise<string> {
  const layers = [784, ...run.hidden, 10];
  const { parallel, batchSize, shards, learningRate, momentum, init, seed, epochs } = run;
  const plan = { parallel, layers, batchSize, shards, learningRate, momentum };
  const { parameters } = createNetwork(layers, { init, seed });
  return parametersSha256(await trainDigits(pool, plan, { parameters, epochs, seed }));
}

describe.each([
  ...[1, 2, 3, 4, 8].map((threads) => ({ threads, late: false, how: 'in time' })),
  ...[2, 4].map((threads) => ({ threads, late: true, how: 'late to every meeting by a random delay' })),
])('the golden hashes on $threads threads, $how', ({ threads, late }) => {
  let pool: WorkerPool;
  beforeAll(() => {
    pool = createFaultyPool(threads, 'wasm', { late });
  });
  afterAll(() => pool.close());

  test.each(goldenRuns)('$name', async (run) => {
    expect(await hashOf(pool, run)).toBe(run.parametersSha256);
  });
});

test.each(goldenRuns.slice(0, 2))('the golden hash, from the command line, of: $name', async (run) => {
  const folder = await temporaryFolder();
  const digits = path.join(folder, 'digits');
  await writeIdxFolder(digits, { train: digitSamples, test: readMnist('test', 0, 20) });
  const options = {
    data: digits,
    hidden: run.hidden.join(','),
    init: run.init,
    seed: run.seed,
    'batch-size': run.batchSize,
    shards: run.shards,
    parallel: run.parallel,
    lr: run.learningRate,
    momentum: run.momentum,
    epochs: run.epochs,
    threads: 2,
    out: path.join(folder, 'run'),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  expect((await doneOf(args))['parametersSha256']).toBe(run.parametersSha256);
});
