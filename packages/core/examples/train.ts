// biome-ignore-all lint/suspicious/noConsole: an example prints
import { createNetwork, createRandomStream } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';

// 500 images of 4 × 4 pixels with a bright line in each, lying (class 0) or standing (class 1).
const images = new Uint8Array(500 * 16);
const labels = new Uint8Array(500);
const draws = createRandomStream(42, 'split');
for (let i = 0; i < 500; i++) {
  labels[i] = draws.nextBelow(2);
  const line = draws.nextBelow(4);
  for (let k = 0; k < 4; k++) {
    const pixel = labels[i] === 0 ? 4 * line + k : 4 * k + line;
    images[16 * i + pixel] = 128 + draws.nextBelow(128);
  }
}

const training = await createKernelTraining({
  network: createNetwork([16, 8, 2], { seed: 42 }),
  images,
  labels,
  batchSize: 20,
  shards: 4,
  seed: 42,
  learningRate: 0.1,
  momentum: 0.9,
});
for (let epoch = 1; epoch <= 5; epoch++) {
  const { loss, accuracy } = training.trainEpoch();
  console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${accuracy.toFixed(3)}`);
}
