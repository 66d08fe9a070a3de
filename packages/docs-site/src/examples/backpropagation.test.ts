import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { back, check, db1, db2, dW1, dW2, dz1, dz2 } from './backpropagation.ts';

test('the example has the gradients of the worked example within 1e-15, and they pass the check', () => {
  for (const [name, values] of Object.entries({ dz2, dW2, db2, dz1, dW1, db1 })) {
    const golden = workedExample[name as 'dz2'];
    expect(values).toHaveLength(golden.length);
    for (const [k, value] of golden.entries())
      expect(Math.abs(values![k]! - value), name).toBeLessThan(1e-15);
  }
  expect(back.gradients).toHaveLength(14);
  expect(check.failures).toEqual([]);
  expect(check.worst.difference).toBeLessThan(1e-9);
});
