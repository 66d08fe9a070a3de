import { createNetwork } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { pixelContributions, readImage } from '../../desk/reading.ts';
import { describeContributions } from './describe-contributions.ts';

test('the pixels and the biases in the sentence add up to z', () => {
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
    expect(/so it is active/.test(said)).toBe(layer === 1 && z > 0);
    expect(/makes it inactive/.test(said)).toBe(layer === 1 && z <= 0);
  }
});
