import { createNetwork } from '@micronn/core';
import type { MemoryPlan } from '@micronn/core/kernels';
import { expect, test } from 'vitest';
import { digitSamples } from '../../test/train-digits.ts';
import type { RunMemory, TrainingPlan } from './memory.ts';
import { wasmBackend } from './wasm-backend.ts';
import { countWords, writeLists } from './worker.ts';

/** One step of the first minibatch. */
function step(memory: RunMemory, plan: TrainingPlan): Float64Array {
  const backend = wasmBackend.open(memory, plan, 0);
  const chunk = { from: 0, to: plan.batchSize, m: plan.batchSize, first: true, last: true };
  backend.computePartials(chunk, 0);
  backend.computeShards(chunk, { from: 0, to: plan.shards });
  backend.addShards(chunk, 0, 1);
  return wasmBackend.readParameters(memory, plan.layers);
}

test.each([[10], [40]])(
  '%s hidden neurons: what a step left that died anywhere in it is cleared',
  async (hidden) => {
    const layers = [784, hidden, 10];
    const plan = {
      parallel: 'data' as const,
      layers,
      batchSize: 64,
      shards: 4,
      learningRate: 0.1,
      momentum: 0,
    };
    const { parameters } = createNetwork(layers, { seed: 1 });
    const memory = await wasmBackend.allocate(
      { plan, parameters, train: { samples: digitSamples, count: digitSamples.count }, sets: [], workers: 1 },
      async (name, task, to) => {
        const run = name === 'countWords' ? countWords : writeLists;
        run({ ...task, from: 0, to } as never);
      },
    );
    memory.order.forEach((_, i) => {
      memory.order[i] = i;
    });
    const before = wasmBackend.readParameters(memory, layers);
    const after = step(memory, plan);

    const state = memory.state as { readonly memory: WebAssembly.Memory; readonly plan: MemoryPlan };
    const { gradient, zeroBytes } = state.plan;
    new Uint8Array(state.memory.buffer, gradient, zeroBytes).fill(1);
    wasmBackend.restore(memory, plan, { parameters: before, velocity: new Float64Array(0) });
    // Not by toEqual, which takes a minute to say how thousands of numbers differ.
    expect(step(memory, plan).every((value, k) => value === after[k])).toBe(true);
  },
);
