/** The measurements: one row per task and runner, with every round. */

/** The sections of the results, in their order. */
export const sections = ['commands', 'peers', 'epochs', 'csv', 'inference'] as const;

export type Section = (typeof sections)[number];

/** `×`: one time divided by another. */
type Unit = 'ms' | 'µs' | 'rows/s' | 'images/s' | 'MB' | '×';

export interface BenchRow {
  readonly section: Section;
  /** The task, for example `784-10-10, batch 64`. */
  readonly name: string;
  /** The runner: micronn or a peer. */
  readonly runner: string;
  /** Worker threads of micronn; null for a peer, which chooses its own. */
  readonly threads: number | null;
  readonly unit: Unit;
  /** Every timed round, in order; empty if the peer is not installed. */
  readonly rounds: readonly number[];
  readonly median: number | null;
  readonly least: number | null;
  readonly most: number | null;
  /** The best time: the fastest single epoch of all rounds, otherwise the best round. */
  readonly best: number | null;
  /** The speed-up over the runner named by the key, from medians; for memory, how many times less it is. */
  readonly ratios: Readonly<Record<string, number>>;
  /**
   * The same from the best times, only for micronn against itself: other load on the machine affects best times
   * least.
   */
  readonly atBest: Readonly<Record<string, number>>;
  /** Accuracy on the test set, after the warm-up. */
  readonly accuracy: number | null;
  /** The SHA-256 of the parameters after the last round. */
  readonly parametersSha256: string | null;
  readonly note: string | null;
}

/** A row with the statistics of its rounds; fields that are not given are null. */
export function toRow(
  given: Pick<BenchRow, 'section' | 'name' | 'runner' | 'threads' | 'unit' | 'rounds'> & Partial<BenchRow>,
): BenchRow {
  const { rounds, unit } = given;
  const least = rounds.length > 0 ? Math.min(...rounds) : null;
  const most = rounds.length > 0 ? Math.max(...rounds) : null;
  return {
    best: isLessBetter(unit) ? least : most,
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

/** The middle value, or the mean of the two middle values. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function isLessBetter(unit: Unit): boolean {
  return unit !== 'rows/s' && unit !== 'images/s';
}

/** The speed-up of a row over another row of the same unit. */
export function timesAsFast(row: BenchRow, other: BenchRow, by: 'median' | 'best' = 'median'): number {
  const [value, otherValue] = [row[by], other[by]];
  if (value === null || otherValue === null) return Number.NaN;
  return isLessBetter(row.unit) ? otherValue / value : value / otherValue;
}

/** The rows of one task on 1, 2, … threads, each with its speed-up over the first. */
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

/** A row with its speed-up over each of the others. */
export function comparedToEach(row: BenchRow, others: readonly BenchRow[]): BenchRow {
  const ratios = others.map((other) => [other.runner, timesAsFast(row, other)] as const);
  return { ...row, ratios: { ...row.ratios, ...Object.fromEntries(ratios) } };
}

/** Rows of another strategy, each with its speed-up over the default strategy on as many threads. */
export function comparedToSame(rows: readonly BenchRow[], ofDefault: readonly BenchRow[]): BenchRow[] {
  return rows.map((row) => {
    const same = ofDefault.find(({ threads }) => threads !== null && threads === row.threads);
    if (!same) return row;
    return {
      ...row,
      ratios: { ...row.ratios, [same.runner]: timesAsFast(row, same) },
      atBest: { ...row.atBest, [same.runner]: timesAsFast(row, same, 'best') },
    };
  });
}

/** The runner and its number of threads. */
export function describeRunner({ runner, threads }: Pick<BenchRow, 'runner' | 'threads'>): string {
  return [runner, describeThreads(threads)].filter(Boolean).join(', ');
}

function describeThreads(threads: number | null): string {
  return threads === null ? '' : threads === 1 ? '1 thread' : `${threads} threads`;
}
