import { digits } from '@micronn/fixtures';
import { readMnist } from '@micronn/fixtures/node';
import { expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { countDrawings } from './count-drawings.ts';

const pixels = digits.pixels();

test('fewer than 0.2 % of MNIST’s test images are more than one drawing', () => {
  const { images } = readMnist('test', 0, 10_000);
  let others = 0;
  for (let i = 0; i < 10_000; i++) {
    if (countDrawings(images.subarray(784 * i, 784 * (i + 1)), 28, 28) !== 1) others++;
  }
  expect(others).toBeGreaterThan(0);
  expect(others).toBeLessThan(20);
});

test('two digits side by side are two drawings, 19 pairs of 20', () => {
  let found = 0;
  for (let i = 0; i < 100; i++) {
    const pair = new Uint8Array(28 * 56);
    for (let k = 0; k < 784; k++) {
      const at = 56 * Math.floor(k / 28) + (k % 28);
      pair[at] = pixels[784 * i + k]!;
      pair[at + 28] = pixels[784 * ((7 * i + 31) % 100) + k]!;
    }
    if (countDrawings(pair, 56, 28) === 2) found++;
  }
  expect(found).toBeGreaterThanOrEqual(95);
});

test('a stroke and its dot are one drawing, three strokes in a row are three, and nothing is none', () => {
  const image = new Uint8Array(400);
  expect(countDrawings(image, 20, 20)).toBe(0);
  for (let y = 5; y < 18; y++) image[20 * y + 4] = 200;
  image[20 * 2 + 4] = 200;
  expect(countDrawings(image, 20, 20)).toBe(1);
  for (let y = 5; y < 18; y++) for (const x of [9, 14]) image[20 * y + x] = 200;
  expect(countDrawings(image, 20, 20)).toBe(3);
});

test('wrong sizes throw a ShapeError', () => {
  expect(() => countDrawings(new Uint8Array(5), 2, 3)).toThrow(
    new ShapeError('countDrawings: ink must have width · height = 6 values, got 5'),
  );
});
