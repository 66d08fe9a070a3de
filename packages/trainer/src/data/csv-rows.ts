import { addAbortSignal, type Readable } from 'node:stream';
import { type CsvPart, interrupted, MAX_ROW_BYTES, type NextRow } from './csv-format.ts';
import { streamFailure } from './gzip.ts';
import { createPlainRows, NEWLINE } from './plain-rows.ts';

/**
 * Reads rows until the stream ends: plain rows by {@link createPlainRows}, and everything from the first line that is
 * not plain by the full grammar. Rows, errors and line numbers are those of the grammar alone. The text of the stream
 * is never held in memory as a whole.
 *
 * @throws MicronnError with file, line and column of the first thing that is wrong
 */
export async function readRows(
  input: Readable,
  part: CsvPart,
  nextRow: NextRow,
  signal?: AbortSignal,
): Promise<void> {
  if (signal) addAbortSignal(signal, input);
  const rows = createPlainRows(part, nextRow);
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const unread = await readPlain(rows.take, chunks);
    if (unread.every(({ length }) => length === 0)) return;
    // Loaded only when it is needed: most files are plain to the end.
    const { parseRows } = await import('./csv-grammar.ts');
    await parseRows(joined(unread, chunks), rows.rest(), nextRow, signal);
  } catch (error) {
    throw signal?.aborted ? interrupted(part.file, error) : streamFailure(part.file, error);
  } finally {
    input.destroy();
  }
}

/** Takes lines until one is not plain, or the stream ends. Returns the bytes that were read and not taken. */
async function readPlain(
  take: (bytes: Buffer, start: number, newline: number) => boolean,
  chunks: AsyncIterator<Buffer>,
): Promise<Buffer[]> {
  // The start of a line that ends in a later chunk.
  let begun: Buffer = Buffer.alloc(0);
  for (let read = await chunks.next(); !read.done; read = await chunks.next()) {
    let chunk = read.value;
    if (begun.length > 0) {
      const end = chunk.indexOf(NEWLINE) + 1 || chunk.length;
      begun = Buffer.concat([begun, chunk.subarray(0, end)]);
      chunk = chunk.subarray(end);
      if (begun.at(-1) === NEWLINE) {
        if (!take(begun, 0, begun.length - 1)) return [begun, chunk];
        begun = chunk.subarray(chunk.length);
      }
    }
    if (begun.length === 0) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        if (!take(chunk, start, end)) return [chunk.subarray(start)];
        start = end + 1;
      }
      begun = chunk.subarray(start);
    }
    if (begun.length > MAX_ROW_BYTES) return [begun];
  }
  return [begun];
}

async function* joined(first: readonly Buffer[], others: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* { [Symbol.asyncIterator]: () => others };
}
