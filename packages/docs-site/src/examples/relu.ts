import { relu, reluDerivative } from '@micronn/core';

// Positive values stay, all others become 0.
export const values = relu(Float64Array.of(3.5, -2.1, 0));

// The slope is 1 or 0, and 0 at the kink itself.
export const slopes = reluDerivative(Float64Array.of(3.5, -2.1, 0));

// The hidden layer of the worked example:
// neuron 0 is inactive, and no gradient passes it.
const z1 = Float64Array.of(-0.02, 0.14);
export const a1 = relu(z1);
export const open = reluDerivative(z1);
