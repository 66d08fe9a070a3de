import type { BenchRow } from '@micronn/trainer/reference';

/** What the table shows of a row of the benchmark. */
type ShownRow = Pick<BenchRow, 'section' | 'name' | 'runner' | 'unit' | 'median' | 'least' | 'most'>;

/** One command, and each of its measures. */
export interface CommandMeasures {
  readonly runner: string;
  readonly cells: readonly {
    /** Median of the rounds, with its unit. */
    readonly median: string;
    /** From the least round to the most. */
    readonly range: string;
  }[];
}

/**
 * The measured commands of a task, such as `784-10-10, 10 epochs`.
 *
 * @param measures the columns, such as `wall clock`
 */
export function commandTable(
  rows: readonly ShownRow[],
  task: string,
  measures: readonly string[],
): CommandMeasures[] {
  const measured = rows.filter(({ section, median }) => section === 'commands' && median !== null);
  const columns = measures.map((measure) => measured.filter(({ name }) => name === `${task}: ${measure}`));
  return columns[0]!.map(({ runner }) => ({
    runner,
    cells: columns.map((column) => {
      const row = column.find((other) => other.runner === runner)!;
      const [least, most, median] = [row.least!, row.most!, row.median!].map((value) => amount(value, row));
      return { median: `${median} ${unitOf(row)}`, range: `${least}–${most}` };
    }),
  }));
}

/** From a second, times are in seconds. */
function unitOf({ unit, median }: ShownRow): string {
  return unit === 'ms' && median! >= 1000 ? 's' : unit;
}

function amount(value: number, row: ShownRow): string {
  return unitOf(row) === 's' ? (value / 1000).toFixed(2) : value.toFixed(0);
}
