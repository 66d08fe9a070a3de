import { labelText } from './classes.ts';
import { byteOf, type PixelRange } from './pixel-range.ts';
import { shownField, TableError } from './table-error.ts';
import { numberOf, type TableForm } from './table-form.ts';

/** Rows of more fields have lost their line end; a reader need not count on. */
export const MOST_FIELDS = 10_000;

/**
 * Reads a row into an image.
 *
 * @param images the bytes of the image, width × height from `at` on, are written
 * @param line for errors; the first line is 1
 * @returns the label as `labelText` spells it; empty if the table has none
 * @throws TableError for the first field that is wrong
 */
export function readRowInto(
  form: TableForm,
  fields: readonly string[],
  images: Uint8Array,
  at: number,
  line: number,
): string {
  if (fields.length !== form.fields) throw wrongCount(form, fields.length, line);
  const { label, places, decimal, range } = form;
  const labelColumn = label.kind === 'column' ? label.column : -1;
  let text = '';
  for (let k = 0; k < fields.length; k++) {
    const place = places[k]!;
    if (place >= 0) {
      const value = numberOf(fields[k]!, decimal);
      const isPixel = range ? isWithin(value, range) : value >= 0 && value <= 255 && Number.isInteger(value);
      if (!isPixel) throw wrongPixel(form, fields, k, line);
      images[at + place] = range ? byteOf(value, range) : value;
    } else if (k === labelColumn) text = readLabel(form, fields, k, line);
  }
  return label.kind === 'one-hot' ? oneHotLabel(label, fields, line) : text;
}

/** Whether a number lies in a range; the number of black may be the larger. */
export function isWithin(value: number, { low, high }: PixelRange): boolean {
  return low < high ? value >= low && value <= high : value >= high && value <= low;
}

/**
 * The label that a field holds.
 *
 * @returns undefined if it holds none
 */
export function labelOf(field: string, words: boolean): string | undefined {
  const text = labelText(field);
  return (words ? text === '' : !/^-?\d+$/.test(text)) ? undefined : text;
}

function readLabel(form: TableForm, fields: readonly string[], k: number, line: number): string {
  const words = form.label.kind === 'column' && form.label.words;
  const text = labelOf(fields[k]!, words);
  if (text !== undefined && !(words && isHeaderAgain(form, fields))) return text;
  const expected = words ? 'a name or a number' : 'a whole number';
  throw new TableError(
    'CSV_LABEL',
    `invalid label ${shownField(fields[k]!)}: expected ${expected}${againText(form, fields)}`,
    { line, column: k + 1 },
  );
}

function oneHotLabel(
  { column, values }: Extract<TableForm['label'], { kind: 'one-hot' }>,
  fields: readonly string[],
  line: number,
): string {
  let hot = -1;
  for (let k = 0; k < values.length; k++) {
    const field = fields[column + k]!;
    const value = numberOf(field);
    if (value === 0) continue;
    if (value !== 1 || hot >= 0) {
      throw new TableError(
        'CSV_LABEL',
        `invalid label ${shownField(field)}: expected a 1 in one of columns ${column + 1} to ${column + values.length}, and 0 in the others`,
        { line, column: column + k + 1 },
      );
    }
    hot = k;
  }
  if (hot >= 0) return values[hot]!;
  throw new TableError(
    'CSV_LABEL',
    `no label: expected a 1 in one of columns ${column + 1} to ${column + values.length}`,
    { line, column: column + 1 },
  );
}

function wrongPixel(form: TableForm, fields: readonly string[], k: number, line: number): TableError {
  const { range } = form;
  const expected = range ? `a number from ${range.low} to ${range.high}` : 'a whole number from 0 to 255';
  const isNumber = Number.isFinite(numberOf(fields[k]!, form.decimal));
  const how = range && isNumber ? '; --pixel-scale says which numbers are black and white' : '';
  return new TableError(
    'CSV_PIXEL',
    `invalid pixel ${shownField(fields[k]!)}: expected ${expected}${how}${againText(form, fields)}`,
    { line, column: k + 1 },
  );
}

/** Tables that were put together have a header inside. */
function isHeaderAgain({ firstName }: TableForm, fields: readonly string[]): boolean {
  return firstName !== undefined && fields[0]!.trim() === firstName && Number.isNaN(numberOf(firstName));
}

function againText(form: TableForm, fields: readonly string[]): string {
  return isHeaderAgain(form, fields) ? '; the header is here a second time: delete this line' : '';
}

/** The error for a row that has not as many fields as it should. */
export function wrongCount(form: RowFields, count: number, line: number): TableError {
  const got = count > MOST_FIELDS ? `more than ${MOST_FIELDS}: missing newline?` : count;
  return new TableError('CSV_COLUMNS', `expected a row of ${fieldsText(form)}, got ${got}`, { line });
}

type RowFields = Pick<TableForm, 'fields' | 'label' | 'width' | 'height'>;

function fieldsText({ fields, label, width, height }: RowFields): string {
  const pixels = width * height;
  if (label.kind === 'column' && fields === pixels + 1)
    return `${fields} fields (a label and ${pixels} pixels)`;
  return fields === pixels ? `${fields} fields (pixels)` : `${fields} fields`;
}
