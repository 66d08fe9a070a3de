import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { after, loss } from './summary.ts';

test('the formulas written out give the worked example’s loss and new parameters within 1e-15', () => {
  expect(loss).toBeCloseTo(workedExample.loss, 15);
  for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
    for (const [k, value] of workedExample.after[name].entries()) {
      expect(Math.abs(after[name][k]! - value), name).toBeLessThan(1e-15);
    }
  }
});
