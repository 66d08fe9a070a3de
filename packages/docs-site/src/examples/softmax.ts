import { exp, softmax } from '@micronn/core';

// Two scores become two probabilities.
export const a2 = softmax(Float64Array.of(0.022, 0.006));

// Only differences matter, and nothing overflows:
// softmax subtracts the largest score first.
export const moved = softmax(Float64Array.of(1000.022, 1000.006));

// The plain formula overflows for the same scores.
export const overflown =
  exp(1000.022) / (exp(1000.022) + exp(1000.006));
