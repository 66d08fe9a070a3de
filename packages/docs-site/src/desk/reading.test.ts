import { createNetwork, forward } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { describeReading, neuronArithmetic, pixelContributions, pixelPlace, readImage } from './reading.ts';

const image = Uint8Array.from(digits.pixels().subarray(0, 784));
const deep = createNetwork([784, 12, 8, 10], { seed: 5 });

test('classifies as core’s forward pass does', () => {
  const { digit, probabilities, pass } = readImage(deep, image);
  const x = Float64Array.from(image, (byte) => byte / 255);
  expect(probabilities).toEqual(forward(deep, x).probabilities);
  expect(digit).toBe(probabilities.indexOf(Math.max(...probabilities)));
  expect(pass.x).toEqual(x);
});

describe('a neuron’s arithmetic', () => {
  const { pass } = readImage(deep, image);
  test.each([
    [1, 3],
    [2, 5],
    [3, 9],
  ])('in layer %i adds up to its z within 1e-12', (layer, neuron) => {
    const { terms, zeros, bias, z, a } = neuronArithmetic(deep, pass, layer, neuron);
    expect(z).toBe(pass.z[layer - 1]![neuron]);
    expect(a).toBe(pass.a[layer - 1]![neuron]);
    expect(terms.reduce((sum, { product }) => sum + product, bias)).toBeCloseTo(z, 12);
    expect(terms.length + zeros).toBe([784, 12, 8][layer - 1]);
    const sizes = terms.map(({ product }) => Math.abs(product));
    expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
  });
});

describe('what the pixels contribute', () => {
  test.each([1, 2, 3])(
    'to a neuron of layer %i is the slope of its z, and adds up with the biases to z',
    (layer) => {
      const { pass } = readImage(deep, image);
      const { perPixel, biases, z } = pixelContributions(deep, pass, layer, 4);
      expect(perPixel.reduce((sum, value) => sum + value, biases)).toBeCloseTo(z, 12);
      // A small change of a pixel changes z in proportion, as long as no hidden neuron changes between active and inactive.
      const pixel = image.findIndex((byte) => byte > 200);
      const x = pass.x.slice();
      x[pixel]! *= 1 + 1e-6;
      const moved = forward(deep, x).z[layer - 1]![4]!;
      expect((moved - z) / 1e-6).toBeCloseTo(perPixel[pixel]!, 6);
    },
  );

  test('a pixel without ink contributes nothing', () => {
    const { pass } = readImage(deep, image);
    const { perPixel } = pixelContributions(deep, pass, 3, 0);
    for (const [i, byte] of image.entries()) if (byte === 0) expect(Math.abs(perPixel[i]!)).toBe(0);
  });
});

test('names the prediction and the second most probable digit', () => {
  const probabilities = Float64Array.of(0, 0, 0.25, 0, 0, 0, 0, 0.75, 0, 0);
  const reading = { ...readImage(deep, image), digit: 7, probabilities };
  expect(describeReading('The network', reading)).toBe(
    'The network predicts 7 with 75.0 %; second is 2 with 25.0 %.',
  );
});

test('a pixel has a row and a column', () => {
  expect(pixelPlace(0)).toBe('row 0, column 0');
  expect(pixelPlace(783)).toBe('row 27, column 27');
});
