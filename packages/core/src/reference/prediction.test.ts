import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrainingCase } from '../../test/any-training-case.ts';
import { ShapeError } from '../shapes.ts';
import { forward } from './forward.ts';
import { accuracy, argmax, confusionMatrix, predict } from './prediction.ts';

const { NaN: nan } = Number;
const classes = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 50 });

describe('argmax', () => {
  test('is the index of the highest value of each sample, the first in a tie', () => {
    expect([...argmax(Float64Array.of(1, 3, 2, 5, 5, 4, -1, -2, -1), 3)]).toEqual([1, 0, 0]);
    expect([...argmax(Float64Array.of(-Infinity, 0, Infinity))]).toEqual([2]);
    expect([...argmax(Float64Array.of(9, 8), 1)]).toEqual([0, 0]);
    expect([...argmax(Float64Array.of(-0, 0))]).toEqual([0]);
  });

  test('refuses NaN, which no value is above or below', () => {
    expect(() => argmax(Float64Array.of(0, 1, 0, 0, nan, 0), 3)).toThrow(
      new ShapeError('argmax: a[4] must be a number, got NaN'),
    );
  });
});

describe('predict', () => {
  test('is the argmax of the probabilities of each sample', () => {
    fc.assert(
      fc.property(anyTrainingCase, ({ network, x }) => {
        const C = network.layers.at(-1)!;
        expect(predict(network, x)).toEqual(argmax(forward(network, x).probabilities, C));
      }),
    );
  });
});

describe('accuracy', () => {
  test('is the share of predictions that equal their label', () => {
    expect(accuracy([1, 2, 3, 4], Uint8Array.of(1, 2, 0, 4))).toBe(0.75);
    expect(accuracy([1], [0])).toBe(0);
    expect(accuracy([1], [1])).toBe(1);
  });
});

describe('confusionMatrix', () => {
  test('has labels as rows and predictions as columns', () => {
    expect([...confusionMatrix([0, 1, 1, 1], [0, 0, 0, 1], 2)]).toEqual([1, 2, 0, 1]);
  });

  test('sums to the number of samples, and its diagonal to the number of correct ones', () => {
    fc.assert(
      fc.property(classes, (pairs) => {
        const predictions = pairs.map(([prediction]) => prediction);
        const labels = pairs.map(([, label]) => label);
        const counts = confusionMatrix(predictions, labels, 5);
        expect(counts.reduce((sum, count) => sum + count)).toBe(pairs.length);
        const correct = [0, 1, 2, 3, 4].reduce((sum, c) => sum + counts[c * 6]!, 0);
        expect(correct / pairs.length).toBe(accuracy(predictions, labels));
      }),
    );
  });

  test('is zero without samples', () => {
    expect([...confusionMatrix([], [], 2)]).toEqual([0, 0, 0, 0]);
  });
});
