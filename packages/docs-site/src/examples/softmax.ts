import { softmax } from '@micronn/core';

// Two scores become two probabilities.
export const a2 = softmax(Float64Array.of(0.022, 0.006));

// Only differences count, and nothing overflows:
// softmax subtracts the largest score first.
export const moved = softmax(Float64Array.of(1000.022, 1000.006));

// As the formula stands there, the same scores come to nothing.
export const overflown =
  Math.exp(1000.022) / (Math.exp(1000.022) + Math.exp(1000.006));
