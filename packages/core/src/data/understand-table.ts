import type { ImageSize } from './likeness.ts';
import { TableError } from './table-error.ts';
import { type LabelPlace, numberOf, type TableDialect, type TableForm } from './table-form.ts';
import { isLabelName, namedPixels } from './table-names.ts';
import { countNumbers, type NumberFacts, noNumbers, numberForm } from './table-numbers.ts';
import {
  columnsOf,
  countsUp,
  isSquare,
  LEAST_SIDE,
  MOST_SIDE,
  noImage,
  type SampleRow,
  type Table,
  type TableOptions,
} from './table-roles.ts';

/** A table's form, and whether its first row is a header. */
export interface UnderstoodTable {
  readonly form: TableForm;
  readonly hasHeader: boolean;
  /** The numbers of the pixels in the rows that were looked at. */
  readonly numbers: NumberFacts;
}

/** The rows whose pixels show what numbers they are. */
const NUMBER_ROWS = 64;

/**
 * Finds out what a table of text is, from some of its rows: consecutive ones, the first of the file first. What can be
 * read in two ways is never guessed.
 *
 * @param more rows from elsewhere in the file, which show more values of its columns
 * @throws TableError if it is no table of images, or if an option must say how to read it
 */
export function understandTable(
  rows: readonly SampleRow[],
  dialect: TableDialect,
  options: TableOptions = {},
  more: readonly SampleRow[] = [],
): UnderstoodTable {
  const count = usualCount(rows.length > 1 ? rows.slice(1) : rows);
  const first = rows[0];
  const others = rows.slice(1).filter(({ fields }) => fields.length === count);
  const hasHeader = first !== undefined && isHeader(first, others.slice(0, 20));
  const body = hasHeader ? others : rows.filter(({ fields }) => fields.length === count);
  if (hasHeader ? rows.length === 1 : rows.length === 0) {
    throw new TableError('CSV_EMPTY', 'no rows: expected at least one row of a label and its pixels');
  }
  const table: Table = {
    count,
    names: hasHeader ? headerNames(first, count, body) : undefined,
    rows: body,
    edges: [...body, ...more.filter(({ fields }) => fields.length === count)],
    options,
  };
  const columns = columnsOf(table);
  const label = columns.label;
  const order = orderOf(table, columns.pixels);
  const places = new Int16Array(count).fill(-1);
  for (const [k, column] of columns.pixels.entries()) places[column] = order.places[k]!;
  const numbers = noNumbers();
  for (const { fields } of [...body.slice(0, NUMBER_ROWS), ...more]) {
    countNumbers(numbers, { places, decimal: dialect.decimal }, fields);
  }
  return {
    hasHeader,
    numbers,
    form: {
      ...dialect,
      ...numberForm(numbers, options.pixelScale),
      fields: count,
      label,
      places,
      width: order.width,
      height: order.height,
      ...(table.names && { firstName: table.names[0]! }),
      told: [
        nameOf(dialect, table, label),
        ...(dialect.syntax === 'csv' && dialect.quote === '"' ? [hasHeader ? 'header' : 'no header'] : []),
        ...labelTold(label, dialect),
        ...columns.ignored.map((column) => `index column ${column + 1} ignored`),
      ],
    },
  };
}

/** The number of fields that most rows have. */
function usualCount(rows: readonly SampleRow[]): number {
  const times = new Map<number, number>();
  for (const { fields } of rows) times.set(fields.length, (times.get(fields.length) ?? 0) + 1);
  return [...times].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

function isHeader({ fields, line }: SampleRow, others: readonly SampleRow[]): boolean {
  const words = fields.filter((field) => field.trim() !== '' && Number.isNaN(numberOf(field))).length;
  if (2 * words >= fields.length && words > 0)
    return fields.length > 1 || others.length === 0 || isLabelName(fields[0]!);
  // The header that pandas writes for columns without names: 0, 1, 2, …, with or without the label's name.
  const names = fields.filter((field) => /^\d+$/.test(field.trim())).map(Number);
  const counts = names.every((name, k) => k === 0 || name === names[k - 1]! + 1);
  if (counts && names.length > 10 && names.length >= fields.length - 2) return true;
  if (isMangled(fields) && others.some((row) => !isMangled(row.fields))) {
    throw new TableError(
      'TABLE_FORM',
      'the first line is a row that pandas has taken for a header, and changed where a number occurs twice: write the table again after pandas.read_csv(…, header=None)',
      { line },
    );
  }
  return false;
}

/** Whether fields are as pandas makes names distinct: 0, 0.1, 0.2, and so on. */
function isMangled(fields: readonly string[]): boolean {
  const times = new Map<string, number>();
  let again = 0;
  for (const field of fields) {
    const [name, suffix] = field.trim().split('.') as [string, string?];
    const expected = times.get(name) ?? 0;
    if (suffix === undefined ? expected !== 0 : suffix !== String(expected)) return false;
    if (suffix !== undefined) again++;
    times.set(name, expected + 1);
  }
  return 2 * again > fields.length;
}

/** @throws TableError if the header has too few names, or too many */
function headerNames(
  { fields, line }: SampleRow,
  count: number,
  rows: readonly SampleRow[],
): readonly string[] {
  const names = fields.map((name) => name.trim());
  if (names.length === count || rows.length === 0) return names;
  // R leaves the name of the rows' numbers out.
  const isR = names.length === count - 1 && countsUp(rows, 0);
  if (isR) return ['', ...names];
  const square = isSquare(count - 1)
    ? ` (a label and ${count - 1} pixels)`
    : isSquare(count)
      ? ' (pixels)'
      : '';
  throw new TableError('CSV_HEADER', `expected a header of ${count} fields${square}, got ${names.length}`, {
    line,
  });
}

/** The places of the pixels, and the size of the image. */
function orderOf({ names, options, count }: Table, pixels: readonly number[]): NamedOrder {
  const named = names && namedPixels(pixels.map((k) => names[k]!));
  const places = named?.places ?? pixels.map((_, k) => k);
  const size = sizeOf(pixels.length, options.size, named?.size);
  if (!size) throw noImage({ count }, pixels);
  if (size.width > MOST_SIDE || size.height > MOST_SIDE) {
    throw new TableError(
      'TABLE_FORM',
      `the images have ${size.width} × ${size.height} pixels: expected at most ${MOST_SIDE} × ${MOST_SIDE}`,
    );
  }
  return { places, ...size };
}

interface NamedOrder extends ImageSize {
  readonly places: readonly number[];
}

function sizeOf(
  pixels: number,
  given: ImageSize | undefined,
  named: ImageSize | undefined,
): ImageSize | undefined {
  if (given && given.width * given.height === pixels) return given;
  if (named) return named;
  const side = Math.sqrt(pixels);
  return Number.isInteger(side) && side >= LEAST_SIDE ? { width: side, height: side } : undefined;
}

const SEPARATED = {
  ',': 'CSV',
  ';': 'semicolon-separated CSV',
  '\t': 'TSV',
  ' ': 'space-separated table',
} as const;

function nameOf({ syntax, delimiter }: TableDialect, { names }: Table, label: LabelPlace): string {
  if (syntax !== 'csv') return syntax === 'libsvm' ? 'libsvm' : 'ARFF';
  const isKaggle =
    delimiter === ',' && names && (label.kind === 'none' || (label.kind === 'column' && label.column === 0));
  return isKaggle && !names.some((name) => name === '') ? 'Kaggle CSV' : SEPARATED[delimiter];
}

function labelTold(label: LabelPlace, { syntax }: TableDialect): string[] {
  if (label.kind === 'none' || syntax === 'libsvm') return [];
  if (label.kind === 'one-hot') {
    return [`one-hot label in columns ${label.column + 1} to ${label.column + label.values.length}`];
  }
  return [`${syntax === 'sparse' ? 'class' : 'label'} in column ${label.column + 1}`];
}
