import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type BenchRow, sections } from './bench-rows.ts';
import { shownBenchmark } from './shown-benchmark.ts';

const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');

function rowsOf(name: string): BenchRow[] {
  return shownBenchmark.rows.filter((row) => row.name === name);
}

test('bench/latest.json holds a full run with every section', () => {
  expect(shownBenchmark.quick).toBe(false);
  expect(new Set(shownBenchmark.rows.map(({ section }) => section))).toEqual(new Set(sections));
  expect(Object.keys(shownBenchmark.dates).toSorted()).toEqual(sections.toSorted());
});

test('whole commands were timed in at least seven rounds', () => {
  const rounds = shownBenchmark.rows
    .filter(({ section }) => section === 'commands')
    .map((row) => row.rounds.length);
  expect(Math.min(...rounds)).toBeGreaterThanOrEqual(7);
});

test('the first figures in the root README are the medians in bench/latest.json', () => {
  const [, ...shown] = /(\d+\.\d\d) s\]\(#speed\); a NumPy script .* takes (\d+\.\d\d) s/.exec(readme)!;
  const rows = rowsOf('784-10-10, 10 epochs: wall clock');
  const [npmStart] = rows.filter(({ runner }) => runner === 'npm start');
  const scripts = rows.filter(({ runner }) => runner.startsWith('NumPy script'));
  const medians = [npmStart!.median!, Math.min(...scripts.map(({ median }) => median!))];
  expect(shown).toEqual(medians.map((median) => (median / 1000).toFixed(2)));
});

test('the speed of an epoch in the root README is the one in bench/latest.json', () => {
  const [, figure] = /(\d+\.\d) times NumPy/.exec(readme)!;
  const row = rowsOf('784-10-10, batch 64').find(
    ({ section, runner, threads }) => section === 'peers' && runner === 'micronn' && threads === 2,
  )!;
  expect(figure).toBe(row.ratios['numpy']!.toFixed(1));
});
