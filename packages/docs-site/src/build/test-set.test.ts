import { createNetwork, encodeSafetensors, tensorPlaces } from '@micronn/core';
import { expect, test } from 'vitest';
import { predictTestSet, testCount, worstConfusion } from './test-set.ts';

test('every test image is predicted and counted once', () => {
  const layers = [784, 10, 10];
  const { parameters } = createNetwork(layers, { seed: 1 });
  // A network that always predicts 1.
  parameters.fill(0, 0, 7950);
  parameters.set([0, 5, 0, 0, 0, 0, 0, 0, 0, 0], 7950);
  const tensors = new Map(
    tensorPlaces(layers).map(({ name, shape, offset, length }) => [
      name,
      { shape, values: Float32Array.from(parameters.subarray(offset, offset + length)) },
    ]),
  );
  const safetensors = encodeSafetensors({ tensors, metadata: {} });
  const { labels, predictions, confusion } = predictTestSet({ safetensors });
  expect(predictions).toEqual(new Uint32Array(testCount).fill(1));
  expect(confusion.reduce((a, b) => a + b)).toBe(testCount);
  expect(confusion[11]).toBe(labels.filter((label) => label === 1).length);
  expect(confusion[11]).toBe(1135);
});

test('the worst confusion is one of two different classes', () => {
  const confusion = new Uint32Array(100);
  confusion[33] = 900;
  confusion[49] = 12;
  confusion[94] = 11;
  expect(worstConfusion(confusion)).toEqual({ label: 4, prediction: 9, count: 12 });
});
