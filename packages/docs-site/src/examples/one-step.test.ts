import { expect, test } from 'vitest';
import { lines, trace } from './one-step.ts';

test('the example of the start page takes a step that lowers the loss, and lists every intermediate', () => {
  expect(trace.lossAfter).toBeLessThan(trace.lossBefore);
  expect(lines).toHaveLength(trace.entries.length);
  expect(lines.find((line) => line.startsWith('z1 = '))).toMatch(/^z1 = W1·x \+ b1 \[-?[\d.]+, -?[\d.]+\]$/);
});
