import { backward, forward, gradientCheck } from '@micronn/core';

// The worked example's network: W1, b1, W2, b2, one after another.
const network = {
  layers: [3, 2, 2],
  parameters: Float64Array.from([
    0.2, -0.3, 0.1, 0.4, 0.1, -0.2, 0.1, -0.1, 0.3, -0.2, -0.1, 0.4,
    0.05, -0.05,
  ]),
};
const x = Float64Array.of(0.5, 0.8, 0.2);
const labels = [1];

// The backward pass uses the values of the forward pass.
const pass = forward(network, x);
export const back = backward(network, pass, labels);

// Gradients by name, in the shape of their parameters.
export const [dz1, dz2] = back.dz;
export const { W: dW1, b: db1 } = back.layers[0]!;
export const { W: dW2, b: db2 } = back.layers[1]!;

// Compares each of the 14 with (L(w + ε) − L(w − ε)) / 2ε.
export const check = gradientCheck(network, x, labels);
