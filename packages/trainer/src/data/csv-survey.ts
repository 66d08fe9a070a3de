import type { FileHandle } from 'node:fs/promises';
import { isHeader, MAX_ROW_BYTES } from './csv-format.ts';
import type { ByteRange } from './gzip.ts';
import { readChunks } from './read-chunks.ts';
import { PIXELS } from './samples.ts';

/** Whole lines of a CSV, for one worker at a time. */
export interface CsvRange extends ByteRange {
  /** The number of its first line; the first line of the file is 1. */
  readonly firstLine: number;
  /** Whether the range holds or precedes the first row of the file, which may be the header. */
  readonly holdsFirstRow: boolean;
  /** The index of its first row, not counting the header. */
  readonly firstRow: number;
  readonly rows: number;
}

/** The lines of a CSV, found by scanning its bytes without parsing. */
export interface CsvSurvey {
  readonly rows: number;
  readonly ranges: readonly CsvRange[];
}

const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** A label, 784 commas and 784 pixels of one digit. */
const LEAST_ROW_BYTES = 1 + 2 * PIXELS;

/**
 * Cuts a CSV into ranges that end at line ends, and counts lines and rows, so that each range can be parsed on its own,
 * with exact line numbers, into its own rows. Blank lines do not count as rows.
 *
 * @param rangeBytes a range ends at the first line end after so many bytes
 * @returns undefined for a file that must be read as one stream: with a quote (a line end may be inside a field), with
 *   mixed line ends (the parser keeps to the first kind), in UTF-16, or with so many lines that most must be too short
 *   (the memory for all their pixels could be far larger than the file)
 */
export async function surveyCsv(
  handle: FileHandle,
  rangeBytes: number,
  signal: AbortSignal,
): Promise<CsvSurvey | undefined> {
  const cuts: { start: number; firstLine: number; rows: number }[] = [];
  let at = 0;
  let lineStart = 0;
  let lines = 0;
  let rows = 0;
  let firstRowAt: number | undefined;
  let returns = 0;
  let returned = false;
  let lastByte = 0;

  for await (const chunk of readChunks(handle, signal)) {
    if (chunk.includes(QUOTE)) return undefined;
    if (at === 0) {
      if (chunk[0] === 0xff && chunk[1] === 0xfe) return undefined;
      if (chunk.subarray(0, 3).equals(BYTE_ORDER_MARK)) lineStart = BYTE_ORDER_MARK.length;
      cuts.push({ start: 0, firstLine: 1, rows: 0 });
    }
    for (let i = chunk.indexOf(CARRIAGE_RETURN); i >= 0; i = chunk.indexOf(CARRIAGE_RETURN, i + 1)) returns++;
    for (let i = chunk.indexOf(NEWLINE); i >= 0; i = chunk.indexOf(NEWLINE, i + 1)) {
      const before = i === 0 ? lastByte : chunk[i - 1]!;
      if (lines === 0) returned = before === CARRIAGE_RETURN;
      if (returned && before !== CARRIAGE_RETURN) return undefined;
      lines++;
      if (at + i - (returned ? 1 : 0) > lineStart) {
        rows++;
        firstRowAt ??= lineStart;
      }
      lineStart = at + i + 1;
      if (lineStart >= cuts.at(-1)!.start + rangeBytes) {
        cuts.push({ start: lineStart, firstLine: lines + 1, rows });
      }
    }
    at += chunk.length;
    lastByte = chunk.at(-1)!;
  }
  if (returns !== (returned ? lines : 0)) return undefined;
  if (lineStart < at) {
    rows++;
    firstRowAt ??= lineStart;
  }

  const headers = firstRowAt !== undefined && (await beginsWithHeader(handle, firstRowAt)) ? 1 : 0;
  if ((rows - headers) * LEAST_ROW_BYTES > at) return undefined;
  const ranges = cuts.map((cut, k) => {
    const next = cuts[k + 1] ?? { start: at, rows };
    const firstRow = Math.max(0, cut.rows - headers);
    return {
      start: cut.start,
      end: next.start,
      firstLine: cut.firstLine,
      holdsFirstRow: cut.rows === 0,
      firstRow,
      rows: Math.max(0, next.rows - headers) - firstRow,
    };
  });
  return { rows: rows - headers, ranges: ranges.filter(({ start, end }) => start < end) };
}

/** Without quotes, the first field ends at the first comma or line end. */
async function beginsWithHeader(handle: FileHandle, start: number): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_ROW_BYTES), 0, MAX_ROW_BYTES, start);
  return isHeader(buffer.toString('utf8', 0, bytesRead).split(/[,\n]/, 1)[0]!);
}
