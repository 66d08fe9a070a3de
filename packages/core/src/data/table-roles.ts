import { labelText, MOST_CLASSES } from './classes.ts';
import type { ImageSize } from './likeness.ts';
import type { PixelRange } from './pixel-range.ts';
import { columnFacts, labelColumnOf } from './table-columns.ts';
import { shownField, TableError } from './table-error.ts';
import { type LabelPlace, numberOf } from './table-form.ts';
import { isIndexName, isLabelName, oddColumns } from './table-names.ts';
import { labelOf } from './table-row.ts';

/** A row of a table, in fields. */
export interface SampleRow {
  readonly fields: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** How the options say to read a table; what is undefined is found out. */
export interface TableOptions {
  /** The column of the label: its name, its number from 1, `first`, `last`, or `none`. */
  readonly labelColumn?: string;
  readonly pixelScale?: PixelRange;
  /** The size of the images, if the number of their pixels fits it. */
  readonly size?: ImageSize;
  /** Whether a table without labels is of use. */
  readonly unlabelled?: boolean;
}

/** The least and the largest side of images. */
export const LEAST_SIDE = 4;
export const MOST_SIDE = 64;
/** A table of which the roles of its columns are sought. */
export interface Table {
  readonly count: number;
  readonly names: readonly string[] | undefined;
  /** Consecutive rows. */
  readonly rows: readonly SampleRow[];
  /** Those and others. */
  readonly edges: readonly SampleRow[];
  readonly options: TableOptions;
}

/** What the columns of a table are. Columns count from 0. */
export interface Columns {
  readonly label: LabelPlace;
  readonly pixels: readonly number[];
  /** Index columns. */
  readonly ignored: readonly number[];
}

const NONE: LabelPlace = { kind: 'none' };

/** Whether so many pixels are an image of a square that is neither too small nor too large. */
export function isSquare(pixels: number): boolean {
  const side = Math.sqrt(pixels);
  return Number.isInteger(side) && side >= LEAST_SIDE && side <= MOST_SIDE;
}

function isImage(pixels: number, { size }: TableOptions): boolean {
  return isSquare(pixels) || (size !== undefined && size.width * size.height === pixels);
}

const factsOf = (rows: readonly SampleRow[], column: number) =>
  columnFacts(rows.map(({ fields }) => fields[column]!));
/** Whether a column numbers the rows. */
export const countsUp = (rows: readonly SampleRow[], column: number): boolean =>
  factsOf(rows, column).counts === 'up';

/** Which column is what. */
export function columnsOf(table: Table): Columns {
  const { count, names, rows, options } = table;
  const all = Array.from({ length: count }, (_, k) => k);
  const filled = all.filter((k) => k < count - 1 || !rows.every(({ fields }) => fields[k]!.trim() === ''));
  const named = namedLabel(table, filled);
  if (named !== undefined) {
    const others = filled.filter((k) => k !== named);
    const { pixels, ignored } = withoutIndex(table, named < 0 ? filled : others);
    if (named < 0) return { label: NONE, pixels, ignored };
    assertNoOthers(table, pixels);
    return { label: columnLabel(table, named), pixels, ignored };
  }
  const { pixels, ignored } = names ? withoutNamedIndex(table, filled) : { pixels: filled, ignored: [] };
  const odd = names ? oddColumns(names, pixels) : [];
  const even = pixels.filter((k) => !odd.includes(k));
  if (odd.length === 1 && isImage(even.length, options)) {
    return { label: columnLabel(table, odd[0]!), pixels: even, ignored };
  }
  const found = isImage(pixels.length, options)
    ? { label: NONE, pixels, ignored: [] }
    : labelByValues(table, pixels);
  const columns = { ...found, ignored: [...ignored, ...found.ignored] };
  if (columns.label.kind === 'none' && !options.unlabelled) throw noLabel(table, columns);
  assertNoOthers(table, columns.pixels);
  return columns;
}

/** The column that an option or its name makes the label; −1 for none. */
function namedLabel(
  { count, names, options: { labelColumn } }: Table,
  filled: readonly number[],
): number | undefined {
  if (labelColumn !== undefined) {
    const byName = names?.findIndex((name) => name.toLowerCase() === labelColumn.trim().toLowerCase()) ?? -1;
    if (byName >= 0 && !/^\d+$/.test(labelColumn)) return byName;
    if (labelColumn === 'none') return -1;
    if (labelColumn === 'first') return filled[0]!;
    if (labelColumn === 'last') return filled.at(-1)!;
    const number = /^\d+$/.test(labelColumn) ? Number(labelColumn) : 0;
    if (number >= 1 && number <= count) return number - 1;
    throw new TableError(
      'TABLE_FORM',
      `--label-column ${labelColumn}: expected ${names ? 'a name of the header, ' : ''}a number from 1 to ${count}, last or none`,
    );
  }
  const labels = names ? filled.filter((k) => isLabelName(names[k]!)) : [];
  if (labels.length > 1) {
    const list = labels.map((k) => `${shownField(names![k]!)} (column ${k + 1})`).join(' and ');
    throw new TableError(
      'TABLE_FORM',
      `the names ${list} are both names of labels: say which is the label with --label-column`,
    );
  }
  return labels[0];
}

/** Leaves out the columns that count the rows, by name or by value, as long as more are there than pixels. */
function withoutIndex(table: Table, columns: readonly number[]): Pick<Columns, 'pixels' | 'ignored'> {
  const { pixels, ignored } = withoutNamedIndex(table, columns);
  if (isImage(pixels.length, table.options)) return { pixels, ignored };
  const index = [pixels[0]!, pixels.at(-1)!].find((k) => countsUp(table.rows, k));
  if (index === undefined) return { pixels, ignored };
  return { pixels: pixels.filter((k) => k !== index), ignored: [...ignored, index] };
}

function withoutNamedIndex(
  { names }: Table,
  columns: readonly number[],
): Pick<Columns, 'pixels' | 'ignored'> {
  const ignored = names ? columns.filter((k) => isIndexName(names[k]!)) : [];
  return { pixels: columns.filter((k) => !ignored.includes(k)), ignored };
}

/** Finds the label by the values of the columns at the edges. */
function labelByValues(table: Table, columns: readonly number[]): Columns {
  const { edges, rows, options } = table;
  const first = columns[0]!;
  const last = columns.at(-1)!;
  if (isImage(columns.length - 1, options)) {
    if (countsUp(rows, first)) return { label: NONE, pixels: columns.slice(1), ignored: [first] };
    if (countsUp(rows, last)) return { label: NONE, pixels: columns.slice(0, -1), ignored: [last] };
    const [one, other] = [factsOf(edges, first), factsOf(edges, last)];
    const cycle = factsOf(rows, first).counts ? first : factsOf(rows, last).counts ? last : undefined;
    if (cycle !== undefined) {
      throw new TableError(
        'TABLE_FORM',
        `column ${cycle + 1} counts up row by row, as an index does: say --label-column ${cycle + 1} if it is the label all the same, or --label-column none`,
      );
    }
    const place = labelColumnOf(one, other, edges.length);
    if (place === 'first') return { label: columnLabel(table, first), pixels: columns.slice(1), ignored: [] };
    if (place === 'last')
      return { label: columnLabel(table, last), pixels: columns.slice(0, -1), ignored: [] };
    const oneClass = one.distinct === 1 && other.distinct === 1;
    const why = oneClass
      ? `columns ${first + 1} and ${last + 1} have one value each, so the labels would be of one class only`
      : `the values leave open whether column ${first + 1} or column ${last + 1} is the label`;
    throw new TableError(
      'TABLE_FORM',
      `${why}: say where the label is with --label-column ${first + 1} or --label-column last`,
    );
  }
  if (isImage(columns.length - 2, options)) {
    const index = [first, last].find((k) => countsUp(rows, k));
    const rest = columns.filter((k) => k !== index);
    if (index !== undefined) return { ...labelByValues(table, rest), ignored: [index] };
  }
  const oneHot = oneHotColumns(table, columns);
  if (oneHot) return oneHot;
  throw noImage(table, columns);
}

/** The first or last columns, if exactly one of them is 1 in each row, and the others are 0. */
function oneHotColumns({ edges, names, options }: Table, columns: readonly number[]): Columns | undefined {
  const most = Math.min(MOST_CLASSES, columns.length - 1);
  for (let classes = 2; classes <= most; classes++) {
    if (!isImage(columns.length - classes, options)) continue;
    for (const from of [0, columns.length - classes]) {
      const hot = columns.slice(from, from + classes);
      const isOneHot = edges.every(({ fields }) => {
        const numbers = hot.map((k) => numberOf(fields[k]!));
        return (
          numbers.every((number) => number === 0 || number === 1) && numbers.filter(Boolean).length === 1
        );
      });
      if (!isOneHot || hot.at(-1)! - hot[0]! !== classes - 1) continue;
      const values = hot.map((k, output) =>
        names ? (/[^\d](\d+)$/.exec(names[k]!)?.[1] ?? names[k]!) : String(output),
      );
      const pixels = columns.filter((k) => !hot.includes(k));
      return { label: { kind: 'one-hot', column: hot[0]!, values }, pixels, ignored: [] };
    }
  }
  return undefined;
}

function columnLabel({ edges }: Table, column: number): LabelPlace {
  return { kind: 'column', column, words: areWords(edges.map(({ fields }) => fields[column]!)) };
}

/** Whether labels are words, or words and numbers, rather than numbers with a mistake among them. */
function areWords(labels: readonly string[]): boolean {
  const times = new Map<string, number>();
  for (const label of labels) {
    if (labelOf(label, false) !== undefined || labelOf(label, true) === undefined) continue;
    const text = labelText(label);
    // Fractions and missing values are no names.
    if (!Number.isNaN(Number(text)) || /^(?:nan|na|null|none)$/i.test(text)) continue;
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  const words = [...times.values()].reduce((sum, count) => sum + count, 0);
  return 2 * words > labels.length || [...times.values()].filter((count) => count > 1).length > 1;
}

/** @throws TableError for a column of a header that is neither label nor index nor pixel */
function assertNoOthers({ names, options }: Table, pixels: readonly number[]): void {
  if (!names || isImage(pixels.length, options)) return;
  const [odd] = oddColumns(names, pixels);
  if (odd === undefined) return;
  throw new TableError(
    'TABLE_FORM',
    `column ${odd + 1} is called ${shownField(names[odd]!)}: expected a label and pixels; leave the column out, or name the label’s column with --label-column`,
  );
}

/** The error for columns that are no image. */
export function noImage({ count }: Pick<Table, 'count'>, columns: readonly number[]): TableError {
  return new TableError(
    'TABLE_FORM',
    `rows of ${count} fields: neither ${columns.length} nor ${columns.length - 1} pixels are a square image from ${LEAST_SIDE} × ${LEAST_SIDE} to ${MOST_SIDE} × ${MOST_SIDE}; say the size with --size, as --size 32x24, and if each column is an image, transpose the table first`,
  );
}

function noLabel({ names }: Table, { pixels, ignored }: Columns): TableError {
  const index = ignored.length > 0 ? `, and column ${ignored[0]! + 1} counts the rows` : '';
  return new TableError(
    'TABLE_FORM',
    `${pixels.length} pixels and no label${index}: expected a column of labels${names ? ', called label' : ''}; micronn predict reads images without labels`,
  );
}
