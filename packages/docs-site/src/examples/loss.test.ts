import { crossEntropy, softmax } from '@micronn/core';
import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { farOff, fromScores, ifClass0, ifClass1 } from './loss.ts';

test('the example has both losses of the worked example within 1e-15, and stays finite where −log a is not', () => {
  expect(Math.abs(ifClass0 - workedExample.lossIfLabel0)).toBeLessThan(1e-15);
  expect(Math.abs(ifClass1 - workedExample.loss)).toBeLessThan(1e-15);
  expect(Math.abs(fromScores - workedExample.loss)).toBeLessThan(1e-15);
  expect(farOff).toBe(1000);
  expect(crossEntropy(softmax(Float64Array.of(1000, 0)), [1])).toBe(Number.POSITIVE_INFINITY);
});
