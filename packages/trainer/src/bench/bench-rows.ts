/** What was measured: one row for one thing on one runner, with every round of it. */

type Section = 'epochs' | 'csv' | 'start-up' | 'inference' | 'peers';

type Unit = 'ms' | 'µs' | 'rows/s' | 'images/s' | 'MB';

export interface BenchRow {
  readonly section: Section;
  /** What was done, as `784-10-10, batch 64`. */
  readonly name: string;
  /** Who did it: micronn, or a peer. */
  readonly runner: string;
  /** Of micronn; null where a peer decides for itself. */
  readonly threads: number | null;
  readonly unit: Unit;
  /** Every timed round, in the order in which they were run; empty when the peer is not installed. */
  readonly rounds: readonly number[];
  readonly median: number | null;
  readonly least: number | null;
  readonly most: number | null;
  /** The best that was timed: of epochs a single one, of all rounds; otherwise the best round. */
  readonly best: number | null;
  /** How many times as fast as what the key names; of medians. */
  readonly ratios: Readonly<Record<string, number>>;
  /** The same of what was best, where it is micronn against itself: what others take of the machine, they take least there. */
  readonly atBest: Readonly<Record<string, number>>;
  /** On the test set, when the warm-up was over. */
  readonly accuracy: number | null;
  /** Of the parameters after the last round. */
  readonly parametersSha256: string | null;
  readonly note: string | null;
}

/** A row of the rounds, with all that is not given null. */
export function toRow(
  given: Pick<BenchRow, 'section' | 'name' | 'runner' | 'threads' | 'unit' | 'rounds'> & Partial<BenchRow>,
): BenchRow {
  const { rounds, unit } = given;
  const least = rounds.length > 0 ? Math.min(...rounds) : null;
  const most = rounds.length > 0 ? Math.max(...rounds) : null;
  return {
    best: isTime(unit) ? least : most,
    ratios: {},
    atBest: {},
    accuracy: null,
    parametersSha256: null,
    note: null,
    ...given,
    median: rounds.length > 0 ? medianOf(rounds) : null,
    least,
    most,
  };
}

/** The middle value, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function isTime(unit: Unit): boolean {
  return unit === 'ms' || unit === 'µs';
}

/** How many times as fast a row is as another of the same unit. */
export function timesAsFast(row: BenchRow, other: BenchRow, by: 'median' | 'best' = 'median'): number {
  const [value, otherValue] = [row[by], other[by]];
  if (value === null || otherValue === null) return Number.NaN;
  return isTime(row.unit) ? otherValue / value : value / otherValue;
}

/** The rows of one thing on 1, 2, … threads, each with its ratio to the first. */
export function comparedToFirst(rows: readonly BenchRow[]): BenchRow[] {
  const [first, ...rest] = rows;
  if (!first) return [];
  return [
    first,
    ...rest.map((row) => ({
      ...row,
      ratios: { [describeThreads(first.threads)]: timesAsFast(row, first) },
      atBest: { [describeThreads(first.threads)]: timesAsFast(row, first, 'best') },
    })),
  ];
}

/** Who did it, and on how many threads. */
export function describeRunner({ runner, threads }: Pick<BenchRow, 'runner' | 'threads'>): string {
  return [runner, describeThreads(threads)].filter(Boolean).join(', ');
}

function describeThreads(threads: number | null): string {
  return threads === null ? '' : threads === 1 ? '1 thread' : `${threads} threads`;
}
