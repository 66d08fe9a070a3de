import { type GoldenTrace, goldenDigits, goldenTraining, minibatches } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  accuracy,
  argmax,
  backward,
  crossEntropyFromLogits,
  forward,
  type Network,
  sgdStep,
  tensorPlaces,
} from '../src/index.ts';
import { digitSamples } from './digit-samples.ts';
import { relativeDistance } from './distance.ts';

/** The same run by core. From the trace it takes initial parameters, order of the samples, batch size and rates. */
function train(trace: GoldenTrace) {
  const network: Network = { layers: trace.layers, parameters: trace.initialParameters() };
  const C = trace.layers.at(-1)!;
  const velocity = new Float64Array(network.parameters.length);
  const losses: number[] = [];
  const accuracies: number[] = [];
  let firstGradients: Float64Array | undefined;
  const evaluate = (batch: readonly number[]) => {
    const { x, labels } = digitSamples(goldenDigits, batch);
    const pass = forward(network, x);
    const loss = crossEntropyFromLogits(pass.z.at(-1)!, labels, C);
    return { pass, labels, loss, accuracy: accuracy(argmax(pass.probabilities, C), labels) };
  };
  for (const batch of minibatches(trace)) {
    const { pass, labels, ...figures } = evaluate(batch);
    losses.push(figures.loss);
    accuracies.push(figures.accuracy);
    const { gradients } = backward(network, pass, labels);
    firstGradients ??= gradients;
    const { learningRate, momentum } = trace;
    sgdStep(network.parameters, gradients, { learningRate, momentum, velocity });
  }
  const final = evaluate(Array.from({ length: trace.samples }, (_, i) => i));
  return { losses, accuracies, firstGradients: firstGradients!, parameters: network.parameters, final };
}

// The two programs differ in the order of their sums, and in the last bits of exp and log. The relative error of a sum of
// 784 terms is below 784·2⁻⁵³, which is 1e-13.
describe.each(goldenTraining.traces)('NumPy’s training, $name', (trace) => {
  const run = train(trace);

  test(`the loss of each of the ${trace.steps} steps agrees within 1e-13, relative to itself`, () => {
    expect(run.losses.length).toBe(trace.steps);
    for (const [step, loss] of trace.losses.entries()) {
      expect(Math.abs(run.losses[step]! - loss)).toBeLessThanOrEqual(1e-13 * loss);
    }
  });

  test('the accuracy of each step agrees exactly', () => {
    expect(run.accuracies).toEqual(trace.accuracies);
  });

  test.each(tensorPlaces(trace.layers))(
    'the first gradients d$name agree within 1e-13 of the tensor’s largest, each within 1e-10 of itself',
    ({ offset, length }) => {
      const golden = trace.firstGradients().subarray(offset, offset + length);
      const own = run.firstGradients.subarray(offset, offset + length);
      expect(relativeDistance(own, golden)).toBeLessThanOrEqual(1e-13);
      for (const [k, gradient] of golden.entries()) {
        expect(Math.abs(own[k]! - gradient)).toBeLessThanOrEqual(1e-10 * Math.abs(gradient));
      }
    },
  );

  test.each(tensorPlaces(trace.layers))(
    `after ${trace.steps} steps $name agrees within 1e-13 of the tensor’s largest`,
    ({ offset, length }) => {
      const golden = trace.finalParameters().subarray(offset, offset + length);
      const own = run.parameters.subarray(offset, offset + length);
      expect(relativeDistance(own, golden)).toBeLessThanOrEqual(1e-13);
    },
  );

  test('the last loss agrees within 1e-13, relative to itself, the last accuracy exactly', () => {
    expect(Math.abs(run.final.loss - trace.finalLoss)).toBeLessThanOrEqual(1e-13 * trace.finalLoss);
    expect(run.final.accuracy).toBe(trace.finalAccuracy);
  });
});
