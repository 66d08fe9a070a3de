import {
  backward,
  createNetwork,
  createRandomStream,
  forward,
  type Network,
  sgdStep,
  shuffle,
} from '@micronn/core';
import { afterAll, expect, test } from 'vitest';
import { digitSamples, trainDigits } from '../../test/train-digits.ts';
import type { TrainingPlan } from './memory.ts';
import { createWorkerPool } from './pool.ts';

const pool = createWorkerPool(3, 'reference');
afterAll(() => pool.close());

const EPOCHS = 2;
const SEED = 5;
const D = 784;

/** Training as in the tutorial: whole minibatches through core's forward and backward. */
function trainPlainly(network: Network, plan: TrainingPlan): void {
  const { count, images, labels: allLabels } = digitSamples;
  const { batchSize, learningRate, momentum } = plan;
  const velocity = new Float64Array(network.parameters.length);
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    shuffle(order, createRandomStream(SEED, 'permutation', epoch));
    for (let start = 0; start < order.length; start += batchSize) {
      const batch = [...order.subarray(start, start + batchSize)];
      const x = Float64Array.from(
        batch.flatMap((i) => [...images.subarray(i * D, (i + 1) * D)]),
        (byte) => byte / 255,
      );
      const labels = batch.map((i) => allLabels[i]!);
      const { gradients } = backward(network, forward(network, x), labels);
      // Velocity and parameters are rounded to float32 in each step, each before it is used.
      gradients.forEach((gradient, k) => {
        velocity[k] = momentum === 0 ? gradient : Math.fround(momentum * velocity[k]! + gradient);
      });
      sgdStep(network.parameters, velocity, { learningRate });
      network.parameters.forEach((value, k) => {
        network.parameters[k] = Math.fround(value);
      });
    }
  }
}

test.each([
  { layers: [D, 10, 10], batchSize: 64, shards: 4, momentum: 0 },
  { layers: [D, 10, 10], batchSize: 101, shards: 7, momentum: 0.9 },
  { layers: [D, 12, 11, 10], batchSize: 3, shards: 4, momentum: 0 },
  { layers: [D, 10, 10], batchSize: 300, shards: 1, momentum: 0.5 },
])(
  'shards on three threads, added in order, give the gradient of the whole minibatch: within 2 float32 ulps after two epochs of %j',
  async (settings) => {
    const plan: TrainingPlan = { ...settings, parallel: 'data', learningRate: 0.1 };
    const initial = createNetwork(plan.layers, { seed: SEED });
    const { parameters } = initial;
    const trained = await trainDigits(pool, plan, { parameters, epochs: EPOCHS, seed: SEED });
    trainPlainly(initial, plan);
    let farthest = 0;
    for (const [k, expected] of initial.parameters.entries()) {
      const ulp = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(expected), 2 ** -10))) - 23);
      farthest = Math.max(farthest, Math.abs(trained[k]! - expected) / ulp);
    }
    expect(farthest).toBeLessThanOrEqual(2);
  },
);
