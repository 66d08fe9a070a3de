import type { BenchmarkRow } from './trainer.ts';

/** One comparison: all who did the same, and how long each took. */
export interface BarGroup {
  readonly name: string;
  readonly bars: readonly {
    readonly runner: string;
    /** The median. */
    readonly time: string;
    /** From the quickest round to the slowest. */
    readonly range: string;
    /** Of the slowest one's median. */
    readonly share: number;
    readonly own: boolean;
  }[];
}

/** The comparisons with the peers; who is not installed is left out. */
export function barsOf(rows: readonly BenchmarkRow[]): BarGroup[] {
  const measured = rows.filter(({ section, median }) => section === 'peers' && median !== null);
  const names = [...new Set(measured.map(({ name }) => name))];
  return names.map((name) => {
    const these = measured.filter((row) => row.name === name);
    const slowest = Math.max(...these.map(({ median }) => median!));
    return {
      name,
      bars: these.map(({ runner, threads, median, least, most }) => ({
        runner: threads === null ? runner : `${runner}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
        time: `${milliseconds(median!)} ms`,
        range: `${milliseconds(least!)}–${milliseconds(most!)}`,
        share: median! / slowest,
        own: runner === 'micronn',
      })),
    };
  });
}

/** As the benchmark prints them: three digits, none after the point from 100 on. */
function milliseconds(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
