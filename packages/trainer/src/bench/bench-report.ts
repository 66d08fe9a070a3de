import type { BenchRow } from './bench-rows.ts';
import { describeRows } from './print-rows.ts';

/** The results of `bench`, as written to `--out`. */
export interface BenchReport {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Environment variables that change the behaviour of BLAS. */
  readonly environment: Readonly<Record<string, string>>;
  readonly rows: readonly BenchRow[];
}

/** The output of `bench`. */
export function describeReport({ date, quick, machine, versions, environment, rows }: BenchReport): string {
  const listed = (values: Readonly<Record<string, string | number>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · ');
  const memory = `${(Number(machine['memoryBytes']) / 1e9).toFixed(1)} GB`;
  return [
    `${machine['cpu']}, ${machine['cores']} cores, ${memory}, ${machine['os']} (${machine['architecture']}), ${date}`,
    listed(versions),
    ...(Object.keys(environment).length > 0 ? [listed(environment)] : []),
    ...(quick ? ['quick: a smoke run; its timings mean nothing'] : []),
    'Median and range of the rounds. × is the speed-up by medians; at best: by the best times.',
    '',
    describeRows(rows),
  ].join('\n');
}
