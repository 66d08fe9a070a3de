import { goldenDigits } from '@micronn/fixtures';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrainingCase, type TrainingCase } from '../../test/any-training-case.ts';
import { digitSamples } from '../../test/digit-samples.ts';
import { firstDifference } from '../../test/distance.ts';
import { createNetwork } from '../initialize.ts';
import { layerViews } from '../parameters.ts';
import { backward } from './backward.ts';
import { forward } from './forward.ts';
import { crossEntropyFromLogits } from './loss.ts';
import { predict } from './prediction.ts';
import { addSampleGradient, createSampleWorkspace, forwardSample } from './sample.ts';

/** The results for a batch by forward and backward, and sample by sample through one workspace. */
function bothWays({ network, m, x, labels }: TrainingCase) {
  const { layers, parameters } = network;
  const [D, C] = [layers[0]!, layers.at(-1)!];
  const views = layerViews(parameters, layers);
  const workspace = createSampleWorkspace(layers);
  const gradients = new Float64Array(parameters.length);
  const probabilities: number[] = [];
  const predictions: number[] = [];
  const dz = layers.slice(1).map((): number[] => []);
  let loss = 0;
  for (let i = 0; i < m; i++) {
    workspace.x.set(x.subarray(i * D, (i + 1) * D));
    forwardSample(workspace, views, labels[i]!);
    addSampleGradient(layerViews(gradients, layers), workspace, views, labels[i]!);
    probabilities.push(...workspace.a.at(-1)!);
    predictions.push(workspace.prediction);
    for (const [l, ofLayer] of dz.entries()) ofLayer.push(...workspace.dz[l]!);
    loss += workspace.loss;
  }
  const pass = forward(network, x);
  const back = backward(network, pass, labels);
  return {
    bySample: {
      gradients: gradients.map((sum) => sum / m),
      dz: dz.flat(),
      probabilities,
      predictions,
      loss: loss / m,
    },
    byBatch: {
      gradients: back.gradients,
      dz: back.dz.flatMap((ofLayer) => [...ofLayer]),
      probabilities: pass.probabilities,
      predictions: predict(network, x),
      loss: crossEntropyFromLogits(pass.z.at(-1)!, labels, C),
    },
  };
}

function expectSameBits(trainingCase: TrainingCase): void {
  const { bySample, byBatch } = bothWays(trainingCase);
  expect(firstDifference(bySample.gradients, byBatch.gradients)).toBe(-1);
  expect(firstDifference(bySample.dz, byBatch.dz)).toBe(-1);
  expect(firstDifference(bySample.probabilities, byBatch.probabilities)).toBe(-1);
  expect(firstDifference(bySample.predictions, byBatch.predictions)).toBe(-1);
  expect(bySample.loss).toBe(byBatch.loss);
}

describe('forwardSample and addSampleGradient', () => {
  test('equal forward and backward to the last bit: gradients, dz, probabilities, predictions, loss', () => {
    fc.assert(fc.property(anyTrainingCase, expectSameBits), { numRuns: 500 });
  });

  test.each([
    ['784-10-10', [784, 10, 10]],
    ['784-16-12-10', [784, 16, 12, 10]],
    ['784-10, without a hidden layer', [784, 10]],
  ])('equal forward and backward to the last bit on twenty real digits, %s', (_, layers) => {
    const samples = Array.from({ length: 20 }, (_element, i) => i);
    const { x, labels } = digitSamples(goldenDigits, samples);
    expectSameBits({ network: createNetwork(layers, { seed: 11 }), m: samples.length, x, labels });
  });

  // The logits differ by so little that both probabilities round to 0.5.
  test('predict the same as predict where rounding makes two probabilities equal', () => {
    const network = { layers: [1, 2], parameters: Float64Array.of(0, 0, 0, 1e-17) };
    expectSameBits({ network, m: 1, x: Float64Array.of(1), labels: [0] });
  });

  test('list the indices of the non-zero inputs in ascending order', () => {
    const workspace = createSampleWorkspace([5, 2]);
    const { parameters, layers } = createNetwork([5, 2], { seed: 1 });
    workspace.x.set([0, 0.5, -0, Number.NaN, -1]);
    forwardSample(workspace, layerViews(parameters, layers), 0);
    expect([...workspace.nonZero.subarray(0, workspace.nonZeroCount)]).toEqual([1, 3, 4]);
    expect(workspace.loss).toBe(Number.NaN);
    workspace.x.fill(0);
    forwardSample(workspace, layerViews(parameters, layers), 0);
    expect(workspace.nonZeroCount).toBe(0);
  });

  test('add to the existing gradients', () => {
    const network = createNetwork([3, 4, 2], { seed: 2 });
    const views = layerViews(network.parameters, network.layers);
    const workspace = createSampleWorkspace(network.layers);
    workspace.x.set([1, 0, 2]);
    forwardSample(workspace, views, 1);
    const once = new Float64Array(network.parameters.length);
    addSampleGradient(layerViews(once, network.layers), workspace, views, 1);
    const twice = once.slice();
    addSampleGradient(layerViews(twice, network.layers), workspace, views, 1);
    expect(
      firstDifference(
        twice,
        once.map((gradient) => 2 * gradient),
      ),
    ).toBe(-1);
  });
});
