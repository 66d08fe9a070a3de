import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shownBenchmark } from './shown-benchmark.ts';

test('bench/latest.json holds a full run with every section', () => {
  expect(shownBenchmark.quick).toBe(false);
  expect(new Set(shownBenchmark.rows.map(({ section }) => section))).toEqual(
    new Set(['peers', 'epochs', 'csv', 'start-up', 'inference']),
  );
});

test('the figure of speed in the root README is the one in bench/latest.json', () => {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
  const [, figure] = /(\d+\.\d) times NumPy/.exec(readme)!;
  const row = shownBenchmark.rows.find(
    ({ section, name, runner, threads }) =>
      section === 'peers' && name === '784-10-10, batch 64' && runner === 'micronn' && threads === 2,
  )!;
  expect(figure).toBe(row.ratios['numpy']!.toFixed(1));
});
