import { expect, test } from 'vitest';
import { losses, prediction } from './neural-network.ts';

test('the example learns its one sample: the loss falls with every step, and the prediction is correct', () => {
  expect(losses).toHaveLength(100);
  for (let step = 1; step < 100; step++) expect(losses[step]).toBeLessThan(losses[step - 1]!);
  expect(losses.at(-1)).toBeLessThan(0.1);
  expect(prediction).toBe(1);
});
