import { tutorial, workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { a1, open, slopes, values } from './relu.ts';

test("the example has the tutorial's values and slopes, and the hidden layer of the worked example", () => {
  const { relu, reluDerivative } = tutorial.examples;
  expect(Array.from(values)).toEqual(relu.map(({ value }) => value));
  expect(Array.from(slopes)).toEqual(reluDerivative.map(({ value }) => value));
  expect(Array.from(a1)).toEqual(workedExample.a1);
  expect(Array.from(open)).toEqual(workedExample.reluDerivativeZ1);
});
