import type { BenchRow } from '@micronn/trainer/reference';
import { expect, test } from 'vitest';
import { commandTable } from './command-table.ts';

const row = (name: string, runner: string, unit: BenchRow['unit'], median: number | null) => ({
  section: 'commands' as const,
  name,
  runner,
  unit,
  median,
  least: median === null ? null : median - 10,
  most: median === null ? null : 2 * median,
});

test('has a line for each command that was measured, and a cell for each measure', () => {
  const rows = [
    row('train: wall clock', 'micronn', 'ms', 1234),
    row('train: wall clock', 'numpy', 'ms', 987),
    row('train: wall clock', 'torch', 'ms', null),
    row('train: memory', 'micronn', 'MB', 150.4),
    row('train: memory', 'numpy', 'MB', 270),
    row('start: wall clock', 'node', 'ms', 40),
    { ...row('train: wall clock', 'other', 'ms', 1), section: 'peers' as const },
  ];
  expect(commandTable(rows, 'train', ['wall clock', 'memory'])).toEqual([
    {
      runner: 'micronn',
      cells: [
        { median: '1.23 s', range: '1.22–2.47' },
        { median: '150 MB', range: '140–301' },
      ],
    },
    {
      runner: 'numpy',
      cells: [
        { median: '987 ms', range: '977–1974' },
        { median: '270 MB', range: '260–540' },
      ],
    },
  ]);
  expect(commandTable(rows, 'start', ['wall clock'])).toEqual([
    { runner: 'node', cells: [{ median: '40 ms', range: '30–80' }] },
  ]);
});
