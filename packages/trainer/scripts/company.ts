/**
 * Measures how training on several threads suffers from other programs: trains on 1 thread and on more, in turns,
 * while busy processes run beside it, and prints the ratio of the times of each pair and their median. The reference's
 * page on parallel training shows the result.
 *
 *     node scripts/company.ts [--busy 0,1,2] [--threads 2] [--hidden 10] [--parallel data] [--epochs 10] [--pairs 5]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { createNetwork } from '@micronn/core';
import { medianOf } from '../src/bench/bench-rows.ts';
import { loadDataset } from '../src/data/dataset.ts';
import { allPlaces } from '../src/data/samples.ts';
import type { ParallelStrategy, RunMemory, TrainingPlan } from '../src/training/memory.ts';
import { createWorkerPool } from '../src/training/pool.ts';
import { BEGIN } from '../src/training/position.ts';
import { trainNetwork } from '../src/training/train-network.ts';

const { values } = parseArgs({
  options: {
    busy: { type: 'string', default: '0,1,2' },
    threads: { type: 'string', default: '2' },
    hidden: { type: 'string', default: '10' },
    parallel: { type: 'string', default: 'data' },
    epochs: { type: 'string', default: '10' },
    pairs: { type: 'string', default: '5' },
  },
});
const numbersOf = (list: string): number[] => list.split(',').map(Number);
const { signal } = new AbortController();

const loader = createWorkerPool(2, 'wasm');
const { train, test } = await loadDataset(
  'mnist',
  undefined,
  {},
  {
    workers: loader,
    cache: null,
    signal,
    warn: () => undefined,
  },
);
await loader.close();
const layers = [train.inputs, ...numbersOf(values.hidden), 10];
const { parameters } = createNetwork(layers, { seed: 42, init: 'he' });
const plan: TrainingPlan = {
  parallel: values.parallel as ParallelStrategy,
  layers,
  batchSize: 64,
  shards: 4,
  learningRate: 0.1,
  momentum: 0,
};

const memories = new Map<number, RunMemory>();
async function allocate(threads: number): Promise<void> {
  const pool = createWorkerPool(threads, 'wasm');
  const sets = [{ samples: test!, places: allPlaces(test!) }];
  memories.set(
    threads,
    await pool.allocate({ plan, parameters, train: { samples: train, count: train.count }, sets }),
  );
  await pool.close();
}

/** Trains on new threads; returns the milliseconds of the epochs, with the evaluation of the test set after each. */
async function timeRun(threads: number): Promise<number> {
  const pool = createWorkerPool(threads, 'wasm');
  const memory = memories.get(threads)!;
  pool.restore(memory, { parameters, velocity: new Float64Array(0) });
  // Starts the threads, which the command does while it loads the data.
  await pool.evaluate(memory, plan, 0);
  const begin = performance.now();
  await trainNetwork({
    pool,
    plan,
    memory,
    trainOrder: allPlaces(train),
    test: 0,
    epochs: Number(values.epochs),
    seed: 42,
    begin: BEGIN,
    maxRestarts: 0,
    savesBeside: false,
    signal,
    onProgress: () => undefined,
    onCheckpoint: async () => undefined,
    onEpoch: async () => undefined,
    onRestart: () => undefined,
  });
  const milliseconds = performance.now() - begin;
  await pool.close();
  return milliseconds;
}

function startBusy(count: number): ChildProcess[] {
  return Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);']));
}

const threadCounts = numbersOf(values.threads);
for (const threads of [1, ...threadCounts]) await allocate(threads);
for (const busy of numbersOf(values.busy)) {
  for (const threads of threadCounts) {
    const company = startBusy(busy);
    try {
      await timeRun(1);
      const pairs: (readonly [number, number])[] = [];
      for (let pair = 0; pair < Number(values.pairs); pair++)
        pairs.push([await timeRun(1), await timeRun(threads)]);
      const ratios = pairs.map(([one, more]) => more / one);
      process.stdout.write(
        `${layers.join('-')}, ${plan.parallel}, beside ${busy} busy processes: ${threads} threads take ` +
          `${medianOf(ratios).toFixed(2)} times as long as 1 (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}); ` +
          `${medianOf(pairs.map(([one]) => one)).toFixed(0)} ms on 1 thread, ` +
          `${medianOf(pairs.map(([, more]) => more)).toFixed(0)} ms on ${threads}\n`,
      );
    } finally {
      for (const each of company) each.kill();
    }
  }
}
