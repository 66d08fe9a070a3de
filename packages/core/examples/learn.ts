// biome-ignore-all lint/suspicious/noConsole: an example prints
import { backward, crossEntropy, forward, predict, sgdStep } from '@micronn/core';

// The tutorial's worked example: 3 inputs, 2 hidden neurons, 2 classes.
const W1 = [0.2, -0.3, 0.1, 0.4, 0.1, -0.2];
const b1 = [0.1, -0.1];
const W2 = [0.3, -0.2, -0.1, 0.4];
const b2 = [0.05, -0.05];
const network = { layers: [3, 2, 2], parameters: Float64Array.from([W1, b1, W2, b2].flat()) };
const x = Float64Array.of(0.5, 0.8, 0.2);
const labels = [1];

for (let step = 0; step <= 20; step++) {
  const pass = forward(network, x);
  if (step % 5 === 0 || step === 1) {
    const loss = crossEntropy(pass.probabilities, labels);
    const [a, b] = [...pass.probabilities].map((probability) => probability.toFixed(3));
    console.log(`step ${step}: loss ${loss.toFixed(4)}, probabilities (${a}, ${b})`);
  }
  const { gradients } = backward(network, pass, labels);
  sgdStep(network.parameters, gradients, { learningRate: 0.1 });
}
console.log(`predicted: ${predict(network, x)[0]}`);
