import { count } from '../console/format.ts';
import { type BenchRow, describeRunner } from './bench-rows.ts';

const titles = {
  epochs: 'Epochs',
  csv: 'Reading',
  'start-up': 'Start',
  inference: 'Inference',
  peers: 'Against the peers, in turns',
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
    else if (row.section === 'peers' && row.name !== rows[k - 1]?.name) printed.push('');
    printed.push(line(cells[k]!));
  }
  return printed.join('\n').trimStart();
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`;
}

/** Three significant digits below 100, whole numbers from there. */
function amount(value: number): string {
  return value >= 100 ? count(value) : value.toPrecision(3);
}
