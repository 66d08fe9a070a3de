import { numberOf, type TableDialect } from './table-form.ts';

const SEPARATORS = [',', ';', '\t'] as const;
const LIBSVM = /^\S+(?:[ \t]+\d+:\S+)*[ \t]*$/;

/**
 * How a table of text is written, from its first lines.
 *
 * @param lines lines of the file that are not blank, without line ends, at least one
 */
export function dialectOf(lines: readonly string[]): TableDialect {
  const csv = { syntax: 'csv', decimal: '.', quote: '"', comment: '' } as const;
  // The header, if there is one, may be written by another program.
  const rows = lines.length > 1 ? lines.slice(1) : lines;
  if (rows.every((line) => LIBSVM.test(line)) && rows.some((line) => /[ \t]\d+:/.test(line))) {
    return { ...csv, syntax: 'libsvm', delimiter: ' ' };
  }
  const counts = SEPARATORS.map((separator) => median(rows.map((line) => line.split(separator).length - 1)));
  const [commas, semicolons, tabs] = counts as [number, number, number];
  if (semicolons > 0 && commas > 0 && hasDecimalCommas(rows)) return { ...csv, delimiter: ';', decimal: ',' };
  const most = Math.max(commas, semicolons, tabs);
  if (most > 0) return { ...csv, delimiter: SEPARATORS[counts.indexOf(most)]! };
  const spaced = rows.filter((line) => /\S[ \t]+\S/.test(line)).length;
  return { ...csv, delimiter: 2 * spaced > rows.length ? ' ' : ',' };
}

/** Whether the fields between semicolons are numbers such as `0,5`. */
function hasDecimalCommas(rows: readonly string[]): boolean {
  const fields = rows.at(-1)!.split(';');
  const numbers = fields.filter((field) => !Number.isNaN(numberOf(field, ',')));
  return 2 * numbers.length > fields.length && numbers.some((field) => field.includes(','));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!;
}

/**
 * What a file is that has been saved in place of a table.
 *
 * @param text how the file begins
 * @returns undefined for what may be a table
 */
export function mistakenFor(text: string): string | undefined {
  const begin = text.replace(/^\uFEFF/, '').trimStart();
  if (/^(?:<!doctype|<html|<head|<\?xml|<!--)/i.test(begin))
    return 'a web page (HTML or XML), not the data that it may link to';
  if (begin.startsWith('version https://git-lfs'))
    return 'a pointer of Git LFS, not the file: fetch it with git lfs pull';
  if (/^[{[]\s*["{[\]}]/.test(begin) && !/^\{\s*"?\d/.test(begin))
    return 'JSON, as servers send in place of a file that they do not have';
  return undefined;
}
