import {
  backward,
  crossEntropy,
  forward,
  sgdStep,
} from '@micronn/core';

const network = {
  layers: [3, 2, 2],
  parameters: Float64Array.from([
    0.2, -0.3, 0.1, 0.4, 0.1, -0.2, 0.1, -0.1, 0.3, -0.2, -0.1, 0.4,
    0.05, -0.05,
  ]),
};
const x = Float64Array.of(0.5, 0.8, 0.2);
const labels = [1];

// Forward, backward, step: a hundred times.
export const losses: number[] = [];
for (let step = 0; step < 100; step++) {
  const pass = forward(network, x);
  losses.push(crossEntropy(pass.probabilities, labels));
  const { gradients } = backward(network, pass, labels);
  sgdStep(network.parameters, gradients, { learningRate: 0.1 });
}
