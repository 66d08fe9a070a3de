import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { ParsedTarEntry } from 'modern-tar';
import { interrupted, MicronnError, unreadable } from '../../errors.ts';
import { type Archive, createArchiveTree } from './archive-tree.ts';
import type { InputBytes } from './input-bytes.ts';
import { temporaryFile } from './temporary-file.ts';

const CHUNK_BYTES = 1 << 18;

/**
 * Reads a tar archive, by modern-tar. An archive has no directory, so its files are copied into one temporary file, one
 * behind the other, where each is found again.
 *
 * @throws MicronnError (ARCHIVE_DAMAGED) when it is truncated or damaged
 */
export async function openTar(bytes: InputBytes, signal: AbortSignal): Promise<Archive> {
  const { createTarDecoder } = await import('modern-tar');
  const { name } = bytes;
  const tree = createArchiveTree(name);
  const file = temporaryFile();
  const fd = openSync(file, 'wx');
  try {
    let at = 0;
    const { readable, writable } = createTarDecoder({ strict: true });
    void feed(writable, bytes.open());
    for await (const { header, body } of readable as unknown as AsyncIterable<ParsedTarEntry>) {
      if (signal.aborted) throw interrupted(name, signal.reason);
      const begin = at;
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        writeSync(fd, chunk);
        at += chunk.length;
      }
      if (header.type !== 'file') continue;
      tree.add(header.name, partOf(file, `${name}: ${header.name}`, begin, at - begin));
    }
  } catch (cause) {
    if (cause instanceof MicronnError) throw cause;
    if (cause instanceof Error && 'syscall' in cause) throw unreadable(name, cause);
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new MicronnError(
      'ARCHIVE_DAMAGED',
      `truncated or damaged tar archive: ${what}`,
      { file: name },
      { cause },
    );
  } finally {
    closeSync(fd);
  }
  return { top: tree.top, close: () => {} };
}

/** Writes chunks to a stream; the stream's reader meets the error of either. */
async function feed(writable: WritableStream<Uint8Array>, chunks: AsyncIterable<Buffer>): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  } catch (error) {
    // The reader may have stopped before.
    await writer.abort(error).catch(() => {});
  }
}

/** A part of a file. */
function partOf(file: string, name: string, begin: number, length: number): InputBytes {
  return { name, most: length, open: () => chunksOf(file, begin, length) };
}

async function* chunksOf(file: string, begin: number, length: number): AsyncGenerator<Buffer> {
  const fd = openSync(file, 'r');
  try {
    for (let done = 0; done < length; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - done));
      const count = readSync(fd, chunk, 0, chunk.length, begin + done);
      if (count === 0) throw new Error(`the temporary file ${file} has lost its end`);
      yield chunk.subarray(0, count);
      done += count;
    }
  } finally {
    closeSync(fd);
  }
}
