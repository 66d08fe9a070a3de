import {
  crossEntropy,
  linear,
  oneHot,
  relu,
  reluDerivative,
  softmax,
} from '@micronn/core';

const x = Float64Array.of(0.5, 0.8, 0.2);
const W1 = Float64Array.of(0.2, -0.3, 0.1, 0.4, 0.1, -0.2);
const b1 = Float64Array.of(0.1, -0.1);
const W2 = Float64Array.of(0.3, -0.2, -0.1, 0.4);
const b2 = Float64Array.of(0.05, -0.05);

// Forward.
const z1 = linear(W1, b1, x);
const a1 = relu(z1);
const z2 = linear(W2, b2, a1);
const a2 = softmax(z2);
export const loss = crossEntropy(a2, [1]);

// Backward.
const y = oneHot([1], 2);
const dz2 = a2.map((p, k) => p - y[k]!);
const dW2 = outer(dz2, a1);
const slope = reluDerivative(z1);
const dz1 = a1.map(
  (_, j) =>
    slope[j]! *
    dz2.reduce((sum, d, k) => sum + W2[k * 2 + j]! * d, 0),
);
const dW1 = outer(dz1, x);

// Update.
const step = (w: Float64Array, dw: Float64Array) =>
  w.map((value, k) => value - 0.1 * dw[k]!);
export const after = {
  W1: step(W1, dW1),
  b1: step(b1, dz1),
  W2: step(W2, dW2),
  b2: step(b2, dz2),
};

function outer(
  column: Float64Array,
  row: Float64Array,
): Float64Array {
  return Float64Array.from(
    [...column].flatMap((c) => [...row].map((r) => c * r)),
  );
}
