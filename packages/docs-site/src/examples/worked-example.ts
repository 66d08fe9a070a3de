import { traceStep } from '@micronn/core';

const network = {
  layers: [3, 2, 2],
  parameters: Float64Array.from([
    0.2, -0.3, 0.1, 0.4, 0.1, -0.2, 0.1, -0.1, 0.3, -0.2, -0.1, 0.4,
    0.05, -0.05,
  ]),
};

// One training step with all intermediate values.
export const trace = traceStep(
  network,
  Float64Array.of(0.5, 0.8, 0.2),
  1,
  0.1,
);

// Values by name: before the step, the gradient, after the step.
export const z1 = trace.values('z1');
export const dW2 = trace.values('dW2');
export const newW2 = trace.values('after.W2');

// Did the step lower the loss?
export const better = trace.lossAfter < trace.lossBefore;
