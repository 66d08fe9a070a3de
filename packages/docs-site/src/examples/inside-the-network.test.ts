import { createNetwork, forward } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { pixelContributions } from '../desk/reading.ts';
import { pixelShares } from './inside-the-network.ts';

test('the example has the contributions that the demo shows, within 1e-12', () => {
  const network = createNetwork([784, 10, 10], { seed: 6 });
  const pass = forward(
    network,
    Float64Array.from(digits.pixels().subarray(0, 784), (byte) => byte / 255),
  );
  const { perPixel } = pixelContributions(network, pass, 2, 7);
  const shares = pixelShares(network, pass, 7);
  for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(perPixel[i]!, 12);
  expect(shares.some((share) => share !== 0)).toBe(true);
});
