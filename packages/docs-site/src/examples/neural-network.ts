import { createNetwork, predict, traceStep } from '@micronn/core';

// Three inputs, two hidden neurons, two classes, and one sample of
// class 1.
let network = createNetwork([3, 2, 2], { seed: 42 });
const x = Float64Array.of(0.5, 0.8, 0.2);
const label = 1;

// Predict, measure the loss, compute gradients, update; and again.
export const losses: number[] = [];
for (let step = 0; step < 100; step++) {
  const trace = traceStep(network, x, label, 0.1);
  losses.push(trace.lossBefore);
  network = trace.network;
}

// The class that the network predicts now.
export const prediction = predict(network, x)[0];
