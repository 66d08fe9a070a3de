import { createNetwork } from '@micronn/core';
import { trainDefaults } from '../command/train-options.ts';
import { allPlaces, type Samples } from '../data/samples.ts';
import { backends } from '../training/backends.ts';
import type { TrainingPlan } from '../training/memory.ts';
import { createWorkerPool } from '../training/pool.ts';
import { type BenchRow, comparedToFirst, toRow } from './bench-rows.ts';
import { failedCheck, layersOf, takeTurns } from './contender.ts';

/** Passes over the set for warm-up. */
const WARMUP = 3;

/**
 * Inference of the default network with the kernels: the latency of one image at a time on the calling thread, and the
 * images per second of the whole set on the worker pool. The lists of non-zero pixels are prepared beforehand; loss and
 * prediction are computed.
 *
 * @throws MicronnError when single images and batches get different predictions
 */
export async function measureInference(
  samples: Samples,
  threadCounts: readonly number[],
  rounds: number,
  signal: AbortSignal,
): Promise<BenchRow[]> {
  const layers = layersOf({ train: samples, hidden: trainDefaults.hidden });
  const network = layers.join('-');
  const plan: TrainingPlan = {
    parallel: 'data',
    layers,
    batchSize: 1,
    shards: 1,
    learningRate: 1,
    momentum: 0,
  };
  const request = {
    plan,
    parameters: createNetwork(layers, { seed: trainDefaults.seed, init: trainDefaults.init }).parameters,
    sets: [{ samples, places: allPlaces(samples) }],
  };
  const runners = await Promise.all(
    threadCounts.map(async (threads) => {
      const pool = createWorkerPool(threads, 'wasm');
      const memory = await pool.allocate(request);
      return { threads, pool, memory, name: `${network}, ${samples.count} images at once`, single: false };
    }),
  );
  const [first] = runners;
  const alone = { ...first!, name: `${network}, one image at a time`, single: true };
  const set = alone.memory.sets[0]!;
  const time = async ({ pool, memory, single }: typeof alone): Promise<number> => {
    const kernels = single && backends.wasm.open(memory, plan, 0);
    const begin = performance.now();
    if (kernels) for (let i = 0; i < samples.count; i++) kernels.evaluate(set, i, i + 1);
    else await pool.evaluate(memory, plan, 0);
    const milliseconds = performance.now() - begin;
    return single ? (1000 * milliseconds) / samples.count : (1000 * samples.count) / milliseconds;
  };
  try {
    const all = [alone, ...runners];
    await time(alone);
    const expected = set.predictions.slice();
    for (const runner of runners) {
      runner.memory.sets[0]!.predictions.fill(65_535);
      await time(runner);
      if (runner.memory.sets[0]!.predictions.some((prediction, i) => prediction !== expected[i]))
        throw failedCheck(
          `${runner.threads} threads to predict the same digits as one image at a time`,
          'other digits',
        );
    }
    await takeTurns(all, WARMUP, time, signal);
    const times = await takeTurns(all, rounds, time, signal);
    const rows = all.map((runner) =>
      toRow({
        section: 'inference',
        name: runner.name,
        runner: 'micronn',
        threads: runner.single ? 1 : runner.threads,
        unit: runner.single ? 'µs' : 'images/s',
        rounds: times.get(runner)!,
      }),
    );
    return [rows[0]!, ...comparedToFirst(rows.slice(1))];
  } finally {
    await Promise.all(runners.map(({ pool }) => pool.close()));
  }
}
