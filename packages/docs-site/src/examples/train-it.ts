import { createNetwork, type Network } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';

/**
 * Trains 784 → 10 → 10 on images of 784 bytes each,
 * and reports loss and accuracy after each epoch.
 */
export async function trainDigits(
  images: Uint8Array,
  labels: Uint8Array,
  {
    epochs,
    onEpoch,
  }: {
    epochs: number;
    onEpoch: (loss: number, accuracy: number) => void;
  },
): Promise<Network> {
  const training = await createKernelTraining({
    network: createNetwork([784, 10, 10], { seed: 42 }),
    images,
    labels,
    batchSize: 64,
    shards: 4,
    learningRate: 0.1,
    momentum: 0,
    seed: 42,
  });
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { loss, accuracy } = training.trainEpoch();
    onEpoch(loss, accuracy);
  }
  return training.network();
}
