import type { BenchRow } from '@micronn/trainer/reference';

/** What a bar shows of a row of the benchmark. */
type ShownRow = Pick<BenchRow, 'section' | 'name' | 'runner' | 'threads' | 'median' | 'least' | 'most'>;

/** One comparison: every runner of the same task, with its time. */
export interface BarGroup {
  readonly name: string;
  readonly bars: readonly {
    readonly runner: string;
    /** Median of the rounds. */
    readonly time: string;
    /** From the fastest round to the slowest. */
    readonly range: string;
    /** The median divided by the slowest runner's. */
    readonly share: number;
    readonly own: boolean;
  }[];
}

/** The comparisons with the peers, without the peers that are not installed. */
export function barsOf(rows: readonly ShownRow[]): BarGroup[] {
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
        own: /^micronn\b/.test(runner),
      })),
    };
  });
}

/** Three significant digits, as the benchmark prints them; whole numbers from 100. */
function milliseconds(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
