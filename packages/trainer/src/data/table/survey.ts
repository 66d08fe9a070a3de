import type { FileHandle } from 'node:fs/promises';
import type { TableForm } from '@micronn/core/data';
import { readChunks } from '../read-chunks.ts';

/** Whole lines of a file, for one worker at a time. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
  /** The number of its first line; the first line of the file is 1. */
  readonly firstLine: number;
  /** The index of its first row. */
  readonly firstRow: number;
  readonly rows: number;
}

/** The rows of a table, found by scanning its bytes without parsing. */
export interface Survey {
  readonly rows: number;
  readonly ranges: readonly RowRange[];
}

const CARRIAGE_RETURN = 0x0d;
const NEWLINE = 0x0a;

/**
 * Cuts the rows of a table into ranges that end at line ends, and counts lines and rows, so that each range can be parsed
 * on its own, with exact line numbers, into its own rows. Blank lines and comments do not count as rows.
 *
 * @param begin where the first row is, and the number of its line
 * @param rangeBytes a range ends at the first line end after so many bytes
 * @returns undefined for a file that must be read as one stream: with a quote (a line end may be inside a field), with
 *   carriage returns alone, or with so many lines that most must be too short (the memory for all their pixels could be
 *   far larger than the file)
 */
export async function surveyRows(
  handle: FileHandle,
  { quote, comment, fields, syntax }: Pick<TableForm, 'quote' | 'comment' | 'fields' | 'syntax'>,
  begin: { readonly firstByte: number; readonly firstLine: number },
  rangeBytes: number,
  signal: AbortSignal,
): Promise<Survey | undefined> {
  const mark = quote.charCodeAt(0);
  const noted = comment === '' ? -1 : comment.charCodeAt(0);
  const cuts = [{ start: begin.firstByte, firstLine: begin.firstLine, rows: 0 }];
  let at = begin.firstByte;
  let lineStart = at;
  let lineByte = -1;
  let lines = begin.firstLine - 1;
  let rows = 0;
  let returns = 0;
  let returned = 0;
  let lastByte = 0;

  for await (const chunk of readChunks(handle, signal, begin.firstByte)) {
    if (chunk.includes(mark)) return undefined;
    for (let i = chunk.indexOf(CARRIAGE_RETURN); i >= 0; i = chunk.indexOf(CARRIAGE_RETURN, i + 1)) returns++;
    if (lineStart === at) lineByte = chunk[0]!;
    for (let i = chunk.indexOf(NEWLINE); i >= 0; i = chunk.indexOf(NEWLINE, i + 1)) {
      const isReturned = (i === 0 ? lastByte : chunk[i - 1]!) === CARRIAGE_RETURN;
      if (isReturned) returned++;
      lines++;
      if (at + i - (isReturned ? 1 : 0) > lineStart && lineByte !== noted) rows++;
      lineStart = at + i + 1;
      if (i + 1 < chunk.length) lineByte = chunk[i + 1]!;
      if (lineStart >= cuts.at(-1)!.start + rangeBytes) {
        cuts.push({ start: lineStart, firstLine: lines + 1, rows });
      }
    }
    at += chunk.length;
    lastByte = chunk.at(-1)!;
  }
  if (returns !== returned) return undefined;
  if (lineStart < at && lineByte !== noted) rows++;

  const leastRowBytes = syntax === 'csv' ? 2 * fields - 1 : 1;
  if (rows * leastRowBytes > at) return undefined;
  const ranges = cuts.map((cut, k) => {
    const next = cuts[k + 1] ?? { start: at, rows };
    return {
      start: cut.start,
      end: next.start,
      firstLine: cut.firstLine,
      firstRow: cut.rows,
      rows: next.rows - cut.rows,
    };
  });
  return { rows, ranges: ranges.filter(({ start, end }) => start < end) };
}
