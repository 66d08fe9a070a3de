import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { a2, moved, overflown } from './softmax.ts';

test('the example has the probabilities of the worked example, also at 1000, where the plain formula gives NaN', () => {
  for (const [k, value] of workedExample.a2.entries()) {
    expect(Math.abs(a2[k]! - value)).toBeLessThan(1e-15);
    expect(Math.abs(moved[k]! - value)).toBeLessThan(1e-13);
  }
  expect(overflown).toBeNaN();
});
