import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { ReadableStream } from 'node:stream/web';
import { MicronnError, unreadable } from '../../errors.ts';
import { interrupted } from '../csv-format.ts';
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
    const entries = ReadableStream.from(bytes.open() as AsyncIterable<Uint8Array>).pipeThrough(
      createTarDecoder({ strict: true }),
    );
    for await (const { header, body } of entries) {
      if (signal.aborted) throw interrupted(name, signal.reason);
      const begin = at;
      for await (const chunk of body) {
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
