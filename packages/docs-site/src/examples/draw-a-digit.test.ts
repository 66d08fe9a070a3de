import { createNetwork } from '@micronn/core';
import { expect, test } from 'vitest';
import { readDrawing } from './draw-a-digit.ts';

const network = createNetwork([784, 10, 10], { seed: 3 });
const seven = [
  { x: 0.3, y: 0.2 },
  { x: 0.7, y: 0.2 },
  { x: 0.45, y: 0.8 },
];

test('the example classifies a drawing, also at half its size and in a corner, and gives nothing for an empty one', () => {
  const { digit, probability } = readDrawing(network, [seven])!;
  expect(digit).toBeGreaterThanOrEqual(0);
  expect(probability).toBeGreaterThan(0.1);
  const small = seven.map(({ x, y }) => ({ x: x / 2, y: y / 2 + 0.5 }));
  const again = readDrawing(network, [small])!;
  expect(again.digit).toBe(digit);
  expect(again.probability).toBeCloseTo(probability, 2);
  expect(readDrawing(network, [])).toBeUndefined();
});
