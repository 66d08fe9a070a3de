import { createNetwork, traceStep } from '@micronn/core';

// Three inputs, two hidden neurons, two classes.
// The same seed draws the same weights everywhere.
const network = createNetwork([3, 2, 2], { seed: 42 });

// One step of gradient descent on a sample of class 1.
const x = Float64Array.of(0.5, 0.8, 0.2);
const learningRate = 0.1;
export const trace = traceStep(network, x, 1, learningRate);

// Every intermediate value, in the order of computation.
export const lines = trace.entries.map(
  ({ name, formula, values }) =>
    `${name} = ${formula} [${values.join(', ')}]`,
);
