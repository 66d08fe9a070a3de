import { createNetwork, forward } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EvaluationSet } from '../training/memory.ts';
import { findSurestMistakes } from './surest-mistakes.ts';

const LAYERS = [784, 5, 10];

/** Real digits evaluated with a network of this seed; a larger boldness makes its predictions more confident. */
function evaluated(seed: number, boldness: number) {
  const network = createNetwork(LAYERS, { seed });
  for (let k = 0; k < network.parameters.length; k++) network.parameters[k]! *= boldness;
  const images = digits.pixels();
  const labels = Uint8Array.from(digits.labels);
  const count = labels.length;
  // Not in the order of the data.
  const order = Uint32Array.from({ length: count }, (_, i) => (7 * i + seed) % count);
  const { probabilities } = forward(
    network,
    Float64Array.from(images, (value) => value / 255),
  );
  const all = Array.from(order, (place) => {
    const ten = probabilities.slice(10 * place, 10 * place + 10);
    const prediction = ten.indexOf(Math.max(...ten));
    return { place, label: labels[place]!, prediction, probabilities: ten };
  });
  const set: EvaluationSet = {
    samples: { count, inputs: 784, images, labels },
    order,
    losses: Float32Array.from(all, ({ label, probabilities: ten }) => -Math.log(ten[label]!)),
    predictions: Uint8Array.from(all, ({ prediction }) => prediction),
  };
  return { network, set, wrong: all.filter(({ label, prediction }) => label !== prediction) };
}

test('the search that ends early finds the same mistakes as one through all', () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.constantFrom(1, 1.5, 2),
      fc.integer({ min: 1, max: 30 }),
      (seed, boldness, count) => {
        const { network, set, wrong } = evaluated(seed, boldness);
        const found = findSurestMistakes(network, set, count);
        expect(found.total).toBe(wrong.length);
        const surest = wrong.toSorted(
          (a, b) => b.probabilities[b.prediction]! - a.probabilities[a.prediction]! || a.place - b.place,
        );
        expect(found.mistakes).toEqual(surest.slice(0, count));
        expect(found.examined).toBe(found.total);
      },
    ),
    { numRuns: 20 },
  );
});
