import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrainingCase } from '../../test/any-training-case.ts';
import { firstDifference, relativeDistance } from '../../test/distance.ts';
import { reluDerivative } from './activations.ts';
import { backward } from './backward.ts';
import { exp } from './elementary.ts';
import { forward } from './forward.ts';
import { oneHot } from './loss.ts';

describe('backward', () => {
  test('starts from a − y, which sums to 0 over each sample within C·ε', () => {
    fc.assert(
      fc.property(anyTrainingCase, ({ network, m, x, labels }) => {
        const C = network.layers.at(-1)!;
        const pass = forward(network, x);
        const { dz, y } = backward(network, pass, labels);
        expect(firstDifference(y, oneHot(labels, C))).toBe(-1);
        const output = dz.at(-1)!;
        expect(
          firstDifference(
            output,
            pass.probabilities.map((a, k) => a - y[k]!),
          ),
        ).toBe(-1);
        for (let i = 0; i < m; i++) {
          const sum = output.subarray(i * C, (i + 1) * C).reduce((total, d) => total + d, 0);
          expect(Math.abs(sum)).toBeLessThanOrEqual(C * Number.EPSILON);
        }
      }),
    );
  });

  test('propagates Wᵀ·dz where z is above 0, and +0 elsewhere', () => {
    fc.assert(
      fc.property(anyTrainingCase, ({ network, x, labels }) => {
        const pass = forward(network, x);
        const { dz, da } = backward(network, pass, labels);
        expect(da.length).toBe(dz.length - 1);
        for (const [l, activations] of da.entries()) {
          const derivative = reluDerivative(pass.z[l]!);
          const expected = activations.map((value, k) => (derivative[k] === 1 ? value : 0));
          expect(firstDifference(dz[l]!, expected)).toBe(-1);
        }
      }),
    );
  });

  test('gives a batch the mean of its samples’ gradients, within m·ε of the largest', () => {
    fc.assert(
      fc.property(anyTrainingCase, ({ network, m, x, labels }) => {
        const D = network.layers[0]!;
        const mean = new Float64Array(network.parameters.length);
        const sizes = new Float64Array(network.parameters.length);
        for (let i = 0; i < m; i++) {
          const pass = forward(network, x.slice(i * D, (i + 1) * D));
          const { gradients } = backward(network, pass, [labels[i]!]);
          for (const [k, gradient] of gradients.entries()) {
            mean[k]! += gradient / m;
            sizes[k]! += Math.abs(gradient);
          }
        }
        const { gradients } = backward(network, forward(network, x), labels);
        const largest = Math.max(...sizes);
        for (const [k, gradient] of gradients.entries()) {
          expect(Math.abs(gradient - mean[k]!)).toBeLessThanOrEqual(m * Number.EPSILON * largest);
        }
      }),
    );
  });

  test('gives the same bits for a sample and for a batch with that sample twice', () => {
    fc.assert(
      fc.property(anyTrainingCase, ({ network, x, labels }) => {
        const sample = x.slice(0, network.layers[0]);
        const twice = Float64Array.of(...sample, ...sample);
        const label = labels[0]!;
        const once = backward(network, forward(network, sample), [label]).gradients;
        const both = backward(network, forward(network, twice), [label, label]).gradients;
        expect(firstDifference(both, once)).toBe(-1);
      }),
    );
  });

  test('returns the gradients of each layer as views on the flat vector', () => {
    const network = { layers: [1, 1, 2], parameters: Float64Array.of(2, 0, 1, -1, 0, 0) };
    const { gradients, layers } = backward(network, forward(network, Float64Array.of(3)), [0]);
    expect([...gradients]).toEqual(layers.flatMap(({ W, b }) => [...W, ...b]));
    layers[1]!.b[1] = 7;
    expect(gradients[5]).toBe(7);
  });

  // z1 = 6, a1 = 6, z2 = (6, −6), so a2[0] = 1 / (1 + e^−12) =: p and dz2 = (p − 1, 1 − p) =: (−q, q);
  // dW2 = dz2·6, da1 = 1·(−q) + (−1)·q = −2q, dW1 = −2q·3, db1 = −2q.
  test('agrees with a calculation by hand for a network 1-1-2, within 2·ε relative', () => {
    const network = { layers: [1, 1, 2], parameters: Float64Array.of(2, 0, 1, -1, 0, 0) };
    const { gradients } = backward(network, forward(network, Float64Array.of(3)), [0]);
    const q = 1 - 1 / (1 + exp(-12));
    expect(relativeDistance(gradients, [-6 * q, -2 * q, -6 * q, 6 * q, -q, q])).toBeLessThanOrEqual(
      (2 * Number.EPSILON) / q,
    );
  });
});
