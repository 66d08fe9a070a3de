import { accuracy, predict } from '@micronn/core';
import { goldenDigits } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { trainDigits } from './train-it.ts';

test('the example trains: the loss falls, and the network classifies most of its digits correctly', async () => {
  const losses: number[] = [];
  const images = goldenDigits.pixels();
  const labels = Uint8Array.from(goldenDigits.labels);
  const network = await trainDigits(images, labels, { epochs: 30, onEpoch: (loss) => losses.push(loss) });
  expect(losses).toHaveLength(30);
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  const predictions = predict(
    network,
    Float64Array.from(images, (byte) => byte / 255),
  );
  expect(accuracy(predictions, labels)).toBeGreaterThan(0.7);
});
