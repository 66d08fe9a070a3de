import { createNetwork } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { pixelContributions, readImage } from '../../desk/reading.ts';
import { describeContributions } from './describe-contributions.ts';

test('says what the pixels add and take, and that with the biases it makes z', () => {
  const network = createNetwork([784, 10, 10], { seed: 4 });
  const { pass } = readImage(network, digits.pixels().subarray(0, 784));
  for (const [layer, neuron] of [
    [1, 2],
    [1, 3],
    [2, 7],
  ] as const) {
    const said = describeContributions(
      { layer, neuron },
      layer === 2,
      pixelContributions(network, pass, layer, neuron),
    );
    const [added, taken, biases, z] = said
      .replaceAll('−', '-')
      .match(/-?\d+\.\d\d/g)!
      .map(Number) as [number, number, number, number];
    expect(added - taken + biases).toBeCloseTo(z, 1);
    expect(z).toBeCloseTo(pass.z[layer - 1]![neuron]!, 2);
    expect(/awake/.test(said)).toBe(layer === 1 && z > 0);
    expect(/silences/.test(said)).toBe(layer === 1 && z <= 0);
  }
});
