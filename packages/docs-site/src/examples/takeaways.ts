import {
  backward,
  createNetwork,
  forward,
  type Network,
  sgdStep,
} from '@micronn/core';

/**
 * Trains the tutorial's network: m images of 784 pixels
 * from 0 to 1 in x.
 */
export function train(
  x: Float64Array,
  labels: readonly number[],
  epochs: number,
): Network {
  const network = createNetwork([784, 10, 10], { seed: 42 });
  const m = 10;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < labels.length; from += m) {
      const batch = x.subarray(from * 784, (from + m) * 784);
      const truth = labels.slice(from, from + m);

      // Forward.
      const pass = forward(network, batch);
      // Backward: the gradients of the loss.
      const { gradients } = backward(network, pass, truth);
      // Step: a lower loss.
      sgdStep(network.parameters, gradients, { learningRate: 0.1 });
    }
  }
  return network;
}
