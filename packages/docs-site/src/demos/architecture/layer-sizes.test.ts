import { tutorial } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { architectureOf, describeArchitecture, digits, layerNames, withHiddenLayers } from './layer-sizes.ts';

const { network } = tutorial.examples;

describe('an architecture', () => {
  test("has the shapes and counts of the tutorial's at the start", () => {
    expect(digits).toEqual(network.layers);
    const { tensors, parameters, multiplications } = architectureOf(digits);
    expect(parameters).toBe(network.counts.parameters);
    for (const { name, rows, columns, count } of tensors) {
      expect([rows, columns]).toEqual(network.shapes[name as 'W1']);
      expect(count).toBe(network.counts[name as 'W1']);
    }
    expect(multiplications).toBe(network.counts.W1 + network.counts.W2);
  });

  test('has a matrix and a vector for each layer after the input', () => {
    const { tensors, parameters } = architectureOf([784, 128, 64, 10]);
    expect(tensors.map(({ name }) => name)).toEqual(['W1', 'b1', 'W2', 'b2', 'W3', 'b3']);
    expect(parameters).toBe(784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10);
  });

  test('adds and removes hidden layers without changing the others', () => {
    expect(withHiddenLayers([784, 10, 10], 2)).toEqual([784, 10, 10, 10]);
    expect(withHiddenLayers([784, 128, 64, 10], 1)).toEqual([784, 128, 10]);
    expect(withHiddenLayers([784, 128, 10], 0)).toEqual([784, 10]);
    expect(withHiddenLayers([784, 10], 1)).toEqual([784, 10, 10]);
    expect(layerNames([784, 10, 10])).toEqual(['Inputs', 'Hidden', 'Classes']);
    expect(layerNames([784, 128, 64, 10])).toEqual(['Inputs', 'Hidden 1', 'Hidden 2', 'Classes']);
    expect(layerNames([784, 10])).toEqual(['Inputs', 'Classes']);
  });
});

test('the sentence has the counts', () => {
  expect(describeArchitecture(architectureOf(digits))).toBe(
    '784-10-10 has 7,960 parameters, needs 7,940 multiplications per input, and takes 31,840 bytes.',
  );
});
