import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createKernelTraining } from '../../src/kernels/training.ts';

test.each<[string, unknown]>([
  ['a Buffer', Buffer.alloc(8, 7)],
  ['a Uint8ClampedArray', new Uint8ClampedArray(8).fill(7)],
  ['a Uint8Array of another realm', runInNewContext('new Uint8Array(8).fill(7)')],
])('%s is accepted as bytes', async (_, images) => {
  const training = await createKernelTraining({
    network: { layers: [4, 2], parameters: new Float64Array(10).fill(0.5) },
    images: images as Uint8Array,
    labels: Uint8Array.of(0, 1),
    batchSize: 2,
    shards: 2,
    learningRate: 0.1,
    momentum: 0,
    seed: 1,
  });
  expect(training.evaluate().loss).toBeCloseTo(Math.log(2), 6);
});
