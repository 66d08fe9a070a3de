import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { losses } from './gradient-descent.ts';

test('the example starts with the losses of the worked example, and falls at every step', () => {
  expect(losses[0]).toBeCloseTo(workedExample.loss, 14);
  expect(losses[1]).toBeCloseTo(workedExample.afterPass.loss, 14);
  expect(losses).toHaveLength(100);
  for (const [k, loss] of losses.slice(1).entries()) expect(loss).toBeLessThan(losses[k]!);
});
