import { forward, linear, relu, softmax } from '@micronn/core';

// Three inputs, two hidden neurons, two classes; matrices row by row.
const x = Float64Array.of(0.5, 0.8, 0.2);
const W1 = Float64Array.of(0.2, -0.3, 0.1, 0.4, 0.1, -0.2);
const b1 = Float64Array.of(0.1, -0.1);
const W2 = Float64Array.of(0.3, -0.2, -0.1, 0.4);
const b2 = Float64Array.of(0.05, -0.05);

// Step by step, with the names of the formulas.
const z1 = linear(W1, b1, x);
const a1 = relu(z1);
const z2 = linear(W2, b2, a1);
export const a2 = softmax(z2);

// The same in one call, for a network of any depth.
const parameters = Float64Array.of(...W1, ...b1, ...W2, ...b2);
export const pass = forward({ layers: [3, 2, 2], parameters }, x);
