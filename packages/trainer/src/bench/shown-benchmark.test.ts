import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shownBenchmark, withBenchmark } from './shown-benchmark.ts';

test('the README shows bench/latest.json, which holds a complete run', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(withBenchmark(readme));
  expect(shownBenchmark.quick).toBe(false);
  expect(new Set(shownBenchmark.rows.map(({ section }) => section))).toEqual(
    new Set(['peers', 'epochs', 'csv', 'start-up', 'inference']),
  );
});
