import { TableError } from './table-error.ts';
import type { TableDialect, TableForm } from './table-form.ts';

/**
 * The fields of a row without quotes.
 *
 * @param form how many fields a sparse row has, and what those mean that it leaves out
 * @throws TableError for a sparse row that is not one
 */
export function splitRow(
  text: string,
  dialect: TableDialect,
  form: Pick<TableForm, 'fields' | 'omitted'>,
  line: number,
): string[] {
  switch (dialect.syntax) {
    case 'libsvm':
      return splitLibsvm(text, form.fields, line);
    case 'sparse':
      return text.trimStart().startsWith('{') ? splitSparse(text, form, line) : text.split(',');
    case 'csv':
      return dialect.delimiter === ' ' ? splitBlanks(text) : text.split(dialect.delimiter);
  }
}

/** R writes names in quotes. */
function splitBlanks(text: string): string[] {
  return (text.match(/"[^"]*"|[^ \t]+/g) ?? []).map((field) => field.replace(/^"([^"]*)"$/, '$1'));
}

/** The label and the pairs of a libsvm row: `5 153:0.2 154:1`. */
function splitLibsvm(text: string, fields: number, line: number): string[] {
  const [label = '', ...pairs] = text.trim().split(/[ \t]+/);
  const row = Array.from({ length: fields }, () => '0');
  row[0] = label;
  for (const [k, pair] of pairs.entries()) {
    if (pair.startsWith('#')) break;
    const colon = pair.indexOf(':');
    const index = colon > 0 ? Number(pair.slice(0, colon)) : Number.NaN;
    if (!(index >= 1 && index < fields && Number.isInteger(index)))
      throw wrongPair(pair, fields - 1, line, k + 2);
    row[index] = pair.slice(colon + 1);
  }
  return row;
}

function splitSparse(
  text: string,
  { fields, omitted }: Pick<TableForm, 'fields' | 'omitted'>,
  line: number,
): string[] {
  const row = Array.from({ length: fields }, (_, k) => omitted?.[k] ?? '0');
  const inside = /^\s*\{(.*)\}\s*$/.exec(text)?.[1];
  if (inside === undefined)
    throw new TableError('CSV_COLUMNS', 'expected a sparse row, {index value, …}', { line });
  for (const [k, pair] of inside.split(',').entries()) {
    if (pair.trim() === '') continue;
    const [, digits, value] = /^\s*(\d+)\s+(.*?)\s*$/.exec(pair) ?? [];
    const index = digits === undefined ? Number.NaN : Number(digits);
    if (!(index < fields)) throw wrongPair(pair.trim(), fields - 1, line, k + 1);
    row[index] = value!.replace(/^(['"])(.*)\1$/, '$2');
  }
  return row;
}

function wrongPair(pair: string, most: number, line: number, column: number): TableError {
  return new TableError(
    'CSV_PIXEL',
    `invalid entry ${JSON.stringify(pair.slice(0, 40))}: expected an index up to ${most} and a number`,
    { line, column },
  );
}

/** The largest index of a libsvm row; 0 if it has none. */
export function largestIndex(row: string): number {
  let most = 0;
  for (const [, index] of row.matchAll(/[ \t](\d+):/g)) most = Math.max(most, Number(index));
  return most;
}
