import { createNetwork } from '@micronn/core';

// All 7,960 weights and biases, uniform in [−0.5, 0.5).
export const first = createNetwork([784, 10, 10], { seed: 42 });

// The same seed draws the same numbers,
// here and on any other machine.
export const again = createNetwork([784, 10, 10], { seed: 42 });
export const other = createNetwork([784, 10, 10], { seed: 43 });

// Narrower limits for layers with many inputs, and biases of 0.
export const wide = createNetwork([784, 128, 10], {
  seed: 42,
  init: 'he',
});
