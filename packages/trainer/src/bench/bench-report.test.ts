import { describe, expect, test } from 'vitest';
import { type BenchReport, describeDates, describeReport, mergeReports, mismatch } from './bench-report.ts';
import { type Section, toRow } from './bench-rows.ts';

const machine = { cpu: 'Abacus 1', cores: 2, memoryBytes: 8e9, os: 'Linux 6', architecture: 'x64' };

/** A report with a row of each section. */
function reportOf(day: string, runner: string, ...measured: Section[]): BenchReport {
  return {
    dates: Object.fromEntries(measured.map((section) => [section, `${day}T12:00:00.000Z`])),
    quick: false,
    machine,
    versions: { [runner]: '1' },
    environment: {},
    rows: measured.map((section) =>
      toRow({ section, name: 'task', runner, threads: null, unit: 'ms', rounds: [3, 1, 2] }),
    ),
  };
}

describe('a merged report', () => {
  const merged = mergeReports(
    reportOf('2026-01-01', 'old', 'commands', 'peers', 'csv'),
    reportOf('2026-01-02', 'new', 'peers'),
  );

  test('has the measured sections and keeps the others, in their order', () => {
    expect(merged.rows.map(({ section, runner }) => [section, runner])).toEqual([
      ['commands', 'old'],
      ['peers', 'new'],
      ['csv', 'old'],
    ]);
    expect(merged.versions).toEqual({ old: '1', new: '1' });
  });

  test('tells the day of each section', () => {
    expect(describeDates(merged.dates)).toBe('2026-01-01 (commands, csv) · 2026-01-02 (peers)');
    expect(describeReport(merged).split('\n')[0]).toBe(
      'Abacus 1, 2 cores, 8.0 GB, Linux 6 (x64), 2026-01-01 (commands, csv) · 2026-01-02 (peers)',
    );
    expect(describeDates(reportOf('2026-01-01', 'old', 'peers', 'csv').dates)).toBe('2026-01-01');
  });
});

test('reports are merged only if they are of one machine, and both or neither of a run with --quick', () => {
  const earlier = reportOf('2026-01-01', 'old', 'commands');
  expect(mismatch(earlier, { machine: { ...machine, os: 'Linux 7' }, quick: false })).toBeUndefined();
  for (const other of [{ cpu: 'Abacus 2' }, { cores: 3 }, { architecture: 'arm64' }])
    expect(mismatch(earlier, { machine: { ...machine, ...other }, quick: false })).toBe(
      'it is of another machine',
    );
  expect(mismatch(earlier, { machine, quick: true })).toBe('it is not of a run with --quick');
  expect(mismatch({ ...earlier, quick: true }, { machine, quick: false })).toBe(
    'it is of a run with --quick',
  );
});
