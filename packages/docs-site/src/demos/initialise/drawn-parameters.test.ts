import { createNetwork } from '@micronn/core';
import { tutorial } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  axisOf,
  barsOf,
  changedCount,
  describeDraw,
  digitsOf,
  drawParameters,
  layers,
  limits,
} from './drawn-parameters.ts';

const { network } = tutorial.examples;
const draw = drawParameters(42);

describe('the seeded weights', () => {
  test("are the tutorial's: its layers, shapes, counts and range", () => {
    expect(layers).toEqual(network.layers);
    expect(limits).toEqual(network.initialRange);
    expect(draw.count).toBe(network.counts.parameters);
    for (const { name, values, shape } of draw.tensors) {
      expect(values).toHaveLength(network.counts[name as 'W1']);
      expect(shape.at(0)).toBe(network.shapes[name as 'W1'][0]);
    }
  });

  test('are those of core, each in one bin', () => {
    const { parameters } = createNetwork([784, 10, 10], { seed: 42 });
    expect(draw.tensors.flatMap(({ values }) => Array.from(values))).toEqual(Array.from(parameters));
    for (const { counts, values } of draw.tensors) {
      expect(counts.reduce((a, b) => a + b)).toBe(values.length);
    }
    const b1 = draw.tensors[1]!;
    for (const [k, [from, count]] of barsOf(b1).entries()) {
      const to = barsOf(b1)[k + 1]?.[0] ?? 0.5;
      expect(b1.values.filter((value) => value >= from && value < to)).toHaveLength(count);
    }
  });

  test('have space above their fullest bin, and the same axis for another seed', () => {
    const other = drawParameters(43);
    for (const [k, tensor] of draw.tensors.entries()) {
      expect(axisOf(tensor)[1]).toBeGreaterThanOrEqual(Math.max(...tensor.counts));
      expect(axisOf(other.tensors[k]!)).toEqual(axisOf(tensor));
    }
  });
});

test('a number has three decimals, and more if it would round to the excluded end', () => {
  expect(digitsOf(0.4994)).toBe(3);
  expect(digitsOf(0.49952)).toBe(4);
  expect(digitsOf(0.4999996)).toBe(7);
  expect(digitsOf(-0.5)).toBe(3);
});

test('the same seed changes no number, another seed nearly all, and the sentence has the count', () => {
  const again = drawParameters(42);
  const other = drawParameters(43);
  expect(changedCount(draw, again)).toBe(0);
  expect(changedCount(draw, other)).toBeGreaterThan(7950);
  const first = draw.tensors[0]!.values[0]!;
  expect(describeDraw(draw, undefined)).toBe(
    `Seed 42 draws 7,960 numbers. W1[0][0] is ${first.toFixed(5).replace('-', '−')}.`,
  );
  expect(describeDraw(draw, 0)).toMatch(/^Seed 42 again: all 7,960 numbers are the same\. W1/);
  expect(describeDraw(other, 7960)).toMatch(/^Seed 43: all 7,960 numbers are new\. W1/);
  expect(describeDraw(other, 7959)).toMatch(/^Seed 43: 7,959 of 7,960 numbers are new\./);
});
