import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { better, dW2, newW2, trace, z1 } from './worked-example.ts';

test('the example’s trace is the worked example within 1e-15', () => {
  for (const [actual, expected] of [
    [z1, workedExample.z1],
    [dW2, workedExample.dW2],
    [newW2, workedExample.after.W2],
    [[trace.lossAfter], [workedExample.afterPass.loss]],
  ] as const) {
    for (const [k, value] of expected.entries()) expect(Math.abs(actual[k]! - value)).toBeLessThan(1e-15);
  }
  expect(better).toBe(true);
});
