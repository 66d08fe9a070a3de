import { createNetwork } from '@micronn/core';
import { expect, test } from 'vitest';
import type { TrainingPlan } from './memory.ts';
import { createWorkerPool } from './pool.ts';

test('a worker that throws ends the epoch for all, with exit code 5 and the cause', async () => {
  const plan: TrainingPlan = {
    parallel: 'data',
    layers: [4, 3, 10],
    batchSize: 2,
    shards: 2,
    learningRate: 0.1,
    momentum: 0,
  };
  const samples = { count: 4, inputs: 4, images: new Uint8Array(16), labels: new Uint8Array(4) };
  const { parameters } = createNetwork(plan.layers, { seed: 1 });
  const epoch = { epoch: 1, from: 0, to: 2 };
  const pool = createWorkerPool(2, 'reference');
  try {
    const memory = await pool.allocate({ plan, parameters, train: { samples, count: 4 }, sets: [] });
    const { gradients } = memory.state as { gradients: Float64Array };
    const broken = { ...memory, state: { ...(memory.state as object), gradients: gradients.subarray(1) } };
    await expect(pool.runSteps(broken, plan, epoch)).rejects.toMatchObject({
      code: 'WORKERS_FAILED',
      exitCode: 5,
      message: expect.stringMatching(/^a worker died: .*got 54$/),
    });
    // The pool works again afterwards.
    expect(await pool.runSteps(memory, plan, epoch)).toEqual({ kind: 'done' });
  } finally {
    await pool.close();
  }
});
