import { count } from '../console/format.ts';
import { type BenchRow, describeRunner } from './bench-rows.ts';

const titles = {
  commands: 'Whole commands, in turns',
  peers: 'Epochs against the peers, in turns',
  epochs: 'Epochs',
  csv: 'Reading',
  inference: 'Inference',
} as const satisfies Record<BenchRow['section'], string>;

/** Titles and columns: task, runner, median, range, ratios. */
export function describeRows(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [
    row.name,
    describeRunner(row),
    row.median === null ? '–' : `${amount(row.median)} ${row.unit}`,
    row.median === null ? '' : `${amount(row.least!)}–${amount(row.most!)}`,
    [
      ...Object.entries(row.ratios).map(([name, ratio]) => {
        const best = row.atBest[name];
        return `${times(ratio)} ${name}${best === undefined ? '' : `, at best ${times(best)}`}`;
      }),
      ...(row.note === null ? [] : [row.note]),
    ].join(' · '),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]!.length)));
  const line = (parts: readonly string[]): string =>
    parts
      .map((part, k) => (k >= 4 ? part : k < 2 ? part.padEnd(widths[k]!) : part.padStart(widths[k]!)))
      .join('  ')
      .trimEnd();
  const printed: string[] = [];
  for (const [k, row] of rows.entries()) {
    const title = titles[row.section];
    if (row.section !== rows[k - 1]?.section) printed.push('', title, '─'.repeat(title.length));
    else if (isCompared(row) && taskOf(row) !== taskOf(rows[k - 1]!)) printed.push('');
    printed.push(line(cells[k]!));
  }
  return printed.join('\n').trimStart();
}

/** Whether a blank line separates the tasks of the row's section. */
function isCompared({ section }: BenchRow): boolean {
  return section === 'commands' || section === 'peers';
}

/** The name without the measure at its end. */
function taskOf({ name }: BenchRow): string {
  return name.split(': ')[0]!;
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`;
}

/** Three significant digits below 100, whole numbers from there. */
function amount(value: number): string {
  return value >= 100 ? count(value) : value.toPrecision(3);
}
