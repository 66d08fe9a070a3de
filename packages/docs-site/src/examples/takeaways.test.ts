import { accuracy, predict } from '@micronn/core';
import { digits, goldenDigits } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { train } from './takeaways.ts';

const scaled = (pixels: Uint8Array) => Float64Array.from(pixels, (pixel) => pixel / 255);

test('twenty lines learn 300 digits, and classify most of a hundred unseen digits correctly', () => {
  const x = scaled(goldenDigits.pixels());
  const network = train(x, goldenDigits.labels, 20);
  expect(accuracy(predict(network, x), goldenDigits.labels)).toBeGreaterThan(0.9);
  expect(accuracy(predict(network, scaled(digits.pixels())), digits.labels)).toBeGreaterThan(0.6);
});
