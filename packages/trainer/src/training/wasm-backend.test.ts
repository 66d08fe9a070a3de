import { createNetwork } from '@micronn/core';
import type { KernelRun } from '@micronn/core/shared-memory';
import { expect, test } from 'vitest';
import { digitSamples } from '../../test/train-digits.ts';
import type { ParallelStrategy, RunMemory, TrainingPlan } from './memory.ts';
import { wasmBackend } from './wasm-backend.ts';
import { listSamples } from './worker.ts';

/** Trains one step, on the first minibatch, and returns the parameters. */
function step(memory: RunMemory, plan: TrainingPlan): Float64Array {
  const backend = wasmBackend.open(memory, plan, 0);
  const chunk = { from: 0, to: plan.batchSize, m: plan.batchSize, first: true, last: true };
  for (const compute of backend.compute) compute(chunk);
  backend.averageAndStep(chunk);
  return wasmBackend.readState(memory).parameters;
}

test.each<[ParallelStrategy, number]>([
  ['rows', 10],
  ['rows', 40],
  ['data', 10],
  ['data', 40],
])(
  '%s, %s hidden neurons: a run that is restored after an unfinished step gives the same bits',
  async (parallel, hidden) => {
    const layers = [784, hidden, 10];
    const plan = { parallel, layers, batchSize: 64, shards: 4, learningRate: 0.1, momentum: 0 };
    const { parameters } = createNetwork(layers, { seed: 1 });
    const memory = await wasmBackend.allocate(
      { plan, parameters, train: { samples: digitSamples, count: digitSamples.count }, sets: [], workers: 1 },
      async (task, samples) => void listSamples({ task, samples, from: 0, to: samples.count }),
    );
    memory.order.forEach((_, i) => {
      memory.order[i] = i;
    });
    const before = wasmBackend.readState(memory);
    const after = step(memory, plan);

    const run = memory.state as KernelRun;
    const { gradient, clearedBytes } = run.plan;
    // These bytes are 3.0 as f32, which would change every sum, and 64 as pixels.
    new Uint8Array(run.memory.buffer, gradient, clearedBytes).fill(0x40);
    wasmBackend.restore(memory, before);
    // toEqual would take a minute to describe thousands of differences.
    expect(step(memory, plan).every((value, k) => value === after[k])).toBe(true);
  },
);
