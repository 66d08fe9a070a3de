import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrainingCase } from '../../test/any-training-case.ts';
import { firstDifference } from '../../test/distance.ts';
import { layerViews } from '../parameters.ts';
import { relu, softmax } from './activations.ts';
import { forward } from './forward.ts';
import { linear } from './linear.ts';

describe('forward', () => {
  test('equals linear and ReLU layer by layer, then softmax, to the last bit, at any depth', () => {
    fc.assert(
      fc.property(anyTrainingCase, ({ network, m, x }) => {
        const pass = forward(network, x);
        const views = layerViews(network.parameters, network.layers);
        const C = network.layers.at(-1)!;
        let input = x;
        for (const [l, { W, b }] of views.entries()) {
          const z = linear(W, b, input);
          input = l === views.length - 1 ? softmax(z, C) : relu(z);
          expect(firstDifference(pass.z[l]!, z)).toBe(-1);
          expect(firstDifference(pass.a[l]!, input)).toBe(-1);
        }
        expect(pass.m).toBe(m);
        expect(pass.x).toBe(x);
        expect(pass.z.length).toBe(views.length);
        expect(pass.probabilities).toBe(pass.a.at(-1));
      }),
    );
  });

  test('gives each sample of a batch the same bits as the sample alone', () => {
    fc.assert(
      fc.property(anyTrainingCase, ({ network, m, x }) => {
        const D = network.layers[0]!;
        const alone = Array.from({ length: m }, (_, i) => [
          ...forward(network, x.slice(i * D, (i + 1) * D)).probabilities,
        ]);
        expect(firstDifference(forward(network, x).probabilities, alone.flat())).toBe(-1);
      }),
    );
  });
});
