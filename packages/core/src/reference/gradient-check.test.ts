import { digits } from '@micronn/fixtures';
import { describe, expect, test, vi } from 'vitest';
import { digitSamples } from '../../test/digit-samples.ts';
import { createNetwork } from '../initialize.ts';
import { layerViews, type Network, parameterCount } from '../parameters.ts';
import { backward } from './backward.ts';
import { forward } from './forward.ts';
import { gradientCheck } from './gradient-check.ts';
import { addSampleGradient, createSampleWorkspace, forwardSample } from './sample.ts';

// The tutorial's check: eps 1e-6, atol 1e-5, rtol 1e-3, samples with |z1| < 1e-4 set aside.
const OPTIONS = { epsilon: 1e-6, absoluteTolerance: 1e-5, relativeTolerance: 1e-3, kinkMargin: 1e-4 };
// The error of a correct gradient: the rounding of the loss, a few ε·L, divided by 2·eps.
const ROUNDING = 1e-8;

// One digit of each of five classes.
const fiveDigits = digitSamples(digits, [3, 17, 42, 58, 99]);

const small = createNetwork([4, 5, 3], { seed: 8 });
const smallX = Float64Array.of(0.5, 0, 1, 0.25, 0, 0.75, 0.5, 1);
const smallLabels = [2, 0];

function gradientsOf(network: Network, x: Float64Array, labels: readonly number[]): Float64Array {
  return backward(network, forward(network, x), labels).gradients;
}

describe('gradientCheck', () => {
  test.each([1, 2, 3])(
    'passes for all 7,960 parameters of 784-10-10, seed %d: eps 1e-6, atol 1e-5, rtol 1e-3, worst below 1e-8',
    (seed) => {
      const network = createNetwork([784, 10, 10], { seed });
      const result = gradientCheck(network, fiveDigits.x, fiveDigits.labels, OPTIONS);
      expect(result.failures).toEqual([]);
      expect(result.checked).toBe(7960);
      expect(result.samples + result.setAside).toBe(5);
      expect(result.worst.difference).toBeLessThan(ROUNDING);
    },
  );

  test('passes with two hidden layers, 784-8-6-10: eps 1e-6, atol 1e-5, rtol 1e-3, worst below 1e-8', () => {
    const layers = [784, 8, 6, 10];
    const result = gradientCheck(
      createNetwork(layers, { seed: 4 }),
      fiveDigits.x,
      fiveDigits.labels,
      OPTIONS,
    );
    expect(result.failures).toEqual([]);
    expect(result.checked).toBe(parameterCount(layers));
    expect(result.worst.difference).toBeLessThan(ROUNDING);
  });

  test('passes for the sums of addSampleGradient divided by m', () => {
    const result = gradientCheck(small, smallX, smallLabels, {
      gradientsOf({ layers, parameters }, x, labels) {
        const views = layerViews(parameters, layers);
        const workspace = createSampleWorkspace(layers);
        const sums = new Float64Array(parameters.length);
        for (const [i, label] of labels.entries()) {
          workspace.x.set(x.subarray(i * layers[0]!, (i + 1) * layers[0]!));
          forwardSample(workspace, views, label);
          addSampleGradient(layerViews(sums, layers), workspace, views, label);
        }
        return sums.map((sum) => sum / labels.length);
      },
    });
    expect(result.failures).toEqual([]);
    expect(result.worst.difference).toBeLessThan(ROUNDING);
  });

  test.each([
    ['W1[0,0]', 0],
    ['W1[4,3]', 19],
    ['b1[2]', 22],
    ['W2[1,4]', 34],
    ['b2[2]', 42],
  ])('names %s as the only wrong gradient', (name, place) => {
    const { failures, worst } = gradientCheck(small, smallX, smallLabels, {
      gradientsOf(network, x, labels) {
        const gradients = gradientsOf(network, x, labels);
        gradients[place]! += 0.01;
        return gradients;
      },
    });
    expect(failures.map(({ parameter }) => parameter)).toEqual([name]);
    expect(worst).toEqual(failures[0]);
    expect(Math.abs(worst.difference - 0.01)).toBeLessThan(ROUNDING);
    expect(Math.abs(worst.analytic - worst.numeric - 0.01)).toBeLessThan(ROUNDING);
  });

  test('fails for the gradients of other labels', () => {
    const { failures } = gradientCheck(small, smallX, smallLabels, {
      gradientsOf: (network, x) => gradientsOf(network, x, [0, 1]),
    });
    // db2 depends only on how often each label occurs: 0 occurs once either way, 1 and 2 do not.
    const ofB2 = failures.map(({ parameter }) => parameter).filter((parameter) => parameter.startsWith('b2'));
    expect(ofB2).toEqual(['b2[1]', 'b2[2]']);
  });

  test('fails for the sum instead of the mean', () => {
    const { failures } = gradientCheck(small, smallX, smallLabels, {
      gradientsOf: (network, x, labels) =>
        gradientsOf(network, x, labels).map((mean) => mean * labels.length),
    });
    expect(failures.length).toBeGreaterThan(0);
  });

  test('counts NaN as a failure and as the worst difference', () => {
    const { failures, worst } = gradientCheck(small, smallX, smallLabels, {
      gradientsOf(network, x, labels) {
        const gradients = gradientsOf(network, x, labels);
        gradients[3] = Number.NaN;
        return gradients;
      },
    });
    expect(failures.map(({ parameter }) => parameter)).toEqual(['W1[0,3]']);
    expect(worst.parameter).toBe('W1[0,3]');
  });

  // z1 = 0 exactly: the loss falls to its right and is constant to its left; ReLU′(0) = 0 is not the mean slope.
  test('fails exactly on the kink, and sets a sample next to the kink aside', () => {
    const network: Network = { layers: [1, 1, 2], parameters: Float64Array.of(0, 0, 1, -1, 0, 0) };
    const kink = gradientCheck(network, Float64Array.of(1), [0], { kinkMargin: 0 });
    expect(kink.failures.map(({ parameter }) => parameter)).toEqual(['W1[0,0]', 'b1[0]']);

    const besideIt: Network = { layers: [1, 1, 2], parameters: Float64Array.of(1, 0, 1, -1, 0, 0) };
    const seen = vi.fn(gradientsOf);
    const besideX = Float64Array.of(0.9e-4, -0.9e-4, 1.1e-4, -1.1e-4, 3);
    const result = gradientCheck(besideIt, besideX, [0, 0, 1, 0, 1], { gradientsOf: seen });
    expect(result).toMatchObject({ samples: 3, setAside: 2, failures: [] });
    expect(seen).toHaveBeenCalledExactlyOnceWith(besideIt, Float64Array.of(1.1e-4, -1.1e-4, 3), [1, 0, 1]);
  });

  test('sets a sample aside for any hidden layer', () => {
    // z1 = x, z2 = z1 − 1: x = 1 is on the kink of the second hidden layer alone.
    const network: Network = { layers: [1, 1, 1, 2], parameters: Float64Array.of(1, 0, 1, -1, 1, -1, 0, 0) };
    const { samples, setAside } = gradientCheck(network, Float64Array.of(1, 2), [0, 1]);
    expect({ samples, setAside }).toEqual({ samples: 1, setAside: 1 });
  });

  test('does not change the network’s parameters', () => {
    const before = small.parameters.slice();
    gradientCheck(small, smallX, smallLabels, {
      gradientsOf(network, x, labels) {
        expect(network.parameters.buffer).not.toBe(small.parameters.buffer);
        return gradientsOf(network, x, labels);
      },
    });
    expect(small.parameters).toEqual(before);
  });

  test('uses the tolerances of the tutorial’s check by default', () => {
    const withOptions = gradientCheck(small, smallX, smallLabels, OPTIONS);
    expect(gradientCheck(small, smallX, smallLabels)).toEqual(withOptions);
  });
});
