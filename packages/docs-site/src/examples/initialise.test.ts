import { layerViews } from '@micronn/core';
import { tutorial } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { again, first, other, wide } from './initialise.ts';

test("the example draws the tutorial's count in its range, the same again from the same seed", () => {
  const { counts, initialRange } = tutorial.examples.network;
  expect(first.parameters).toHaveLength(counts.parameters);
  expect(Math.min(...first.parameters)).toBeGreaterThanOrEqual(initialRange[0]!);
  expect(Math.max(...first.parameters)).toBeLessThan(initialRange[1]!);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  for (const { inputs, W, b } of layerViews(wide.parameters, wide.layers)) {
    expect(Math.max(...W)).toBeLessThanOrEqual(Math.sqrt(6 / inputs));
    expect(b.every((value) => value === 0)).toBe(true);
  }
});
