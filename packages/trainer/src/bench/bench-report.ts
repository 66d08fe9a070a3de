import { type BenchRow, type Section, sections } from './bench-rows.ts';
import { describeRows } from './print-rows.ts';

/** The results of `bench`, as written to `--out`. */
export interface BenchReport {
  /** When each section was measured. */
  readonly dates: Readonly<Partial<Record<Section, string>>>;
  readonly quick: boolean;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Environment variables that change the behaviour of BLAS. */
  readonly environment: Readonly<Record<string, string>>;
  readonly rows: readonly BenchRow[];
}

/** The output of `bench`. */
export function describeReport({ dates, quick, machine, versions, environment, rows }: BenchReport): string {
  const listed = (values: Readonly<Record<string, string | number>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · ');
  const memory = `${(Number(machine['memoryBytes']) / 1e9).toFixed(1)} GB`;
  return [
    `${machine['cpu']}, ${machine['cores']} cores, ${memory}, ${machine['os']} (${machine['architecture']}), ${describeDates(dates)}`,
    listed(versions),
    ...(Object.keys(environment).length > 0 ? [listed(environment)] : []),
    ...(quick ? ['quick: a smoke run; its timings mean nothing'] : []),
    'Median and range of the rounds. × is the speed-up by medians; at best: by the best times.',
    '',
    describeRows(rows),
  ].join('\n');
}

/** The day of the measurements; if there are several days, each with its sections. */
export function describeDates(dates: BenchReport['dates']): string {
  const measured = sections.filter((section) => dates[section] !== undefined);
  const dayOf = (section: Section): string => dates[section]!.slice(0, 10);
  const days = [...new Set(measured.map(dayOf))].toSorted();
  if (days.length === 1) return days[0]!;
  return days
    .map((day) => `${day} (${measured.filter((section) => dayOf(section) === day).join(', ')})`)
    .join(' · ');
}

/**
 * A report with the sections of a new measurement, and the other sections of an earlier one.
 *
 * @param earlier a report of the same machine
 */
export function mergeReports(earlier: BenchReport, measured: BenchReport): BenchReport {
  return {
    ...measured,
    dates: { ...earlier.dates, ...measured.dates },
    versions: { ...earlier.versions, ...measured.versions },
    rows: sections.flatMap((section) =>
      (measured.dates[section] === undefined ? earlier : measured).rows.filter(
        (row) => row.section === section,
      ),
    ),
  };
}

/** Why two reports cannot be in one file, or undefined. */
export function mismatch(
  earlier: BenchReport,
  measured: Pick<BenchReport, 'machine' | 'quick'>,
): string | undefined {
  const parts = ['cpu', 'cores', 'architecture'];
  if (parts.some((part) => earlier.machine[part] !== measured.machine[part]))
    return 'it is of another machine';
  if (earlier.quick !== measured.quick) return `it is ${earlier.quick ? '' : 'not '}of a run with --quick`;
  return undefined;
}
