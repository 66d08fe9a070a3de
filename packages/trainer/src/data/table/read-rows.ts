import { type FileHandle, open } from 'node:fs/promises';
import type { OpenedTable } from './open-table.ts';
import type { RowReader } from './row-reader.ts';

/** Bytes that are read at a time, into one buffer, with room for the largest row. */
const BUFFER_BYTES = 1 << 20;

/**
 * Reads the rows of a table in order, as one stream, whose text is never held in memory as a whole. Yields whenever the
 * reader has reached its limit, and goes on when the limit was changed; and at the end.
 *
 * @param onBytes told how many bytes have been read
 * @throws TableError, or the error of the source
 */
export async function* readRows(
  { source, firstByte }: OpenedTable,
  reader: RowReader,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): AsyncGenerator<void> {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  let kept = 0;
  let total = 0;
  for await (const count of filled(source, firstByte, buffer, () => kept)) {
    signal.throwIfAborted();
    total += count;
    onBytes(firstByte + total);
    const length = kept + count;
    let used = reader.take(buffer, 0, length, count === 0);
    while (reader.row === reader.limit && used < length) {
      yield;
      used = reader.take(buffer, used, length, count === 0);
    }
    buffer.copyWithin(0, used, length);
    kept = length - used;
  }
  yield;
}

/** Fills the buffer behind what is kept in it, and yields the number of bytes; 0 at the end, and then no more. */
async function* filled(
  source: OpenedTable['source'],
  firstByte: number,
  buffer: Buffer,
  keptNow: () => number,
): AsyncGenerator<number> {
  const { file } = source;
  if (file !== undefined) {
    const handle = await open(file);
    try {
      yield* filledFromFile(handle, firstByte, buffer, keptNow);
    } finally {
      await handle.close();
    }
    return;
  }
  let skipped = 0;
  let count = 0;
  for await (const chunk of source.open()) {
    let from = Math.min(firstByte - skipped, chunk.length);
    skipped += from;
    while (from < chunk.length) {
      const copied = chunk.copy(buffer, keptNow() + count, from);
      from += copied;
      count += copied;
      if (keptNow() + count === buffer.length) {
        yield count;
        count = 0;
      }
    }
  }
  if (count > 0) yield count;
  yield 0;
}

async function* filledFromFile(
  handle: FileHandle,
  firstByte: number,
  buffer: Buffer,
  keptNow: () => number,
): AsyncGenerator<number> {
  for (let at = firstByte; ; ) {
    const kept = keptNow();
    const { bytesRead } = await handle.read(buffer, kept, buffer.length - kept, at);
    yield bytesRead;
    if (bytesRead === 0) return;
    at += bytesRead;
  }
}
