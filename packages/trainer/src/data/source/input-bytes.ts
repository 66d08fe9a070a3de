import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type FileKind, fileKind, KIND_BYTES } from '@micronn/core/data';
import { MicronnError, systemCode, unreadable } from '../../errors.ts';
import { assertRegular } from '../../files/read-input.ts';
import type { ByteSource } from '../source.ts';

/** Bytes to read, and how many they can be. */
export interface InputBytes extends ByteSource {
  /** What the bytes on the disk can unpack to, at most: no header is believed beyond it. */
  readonly most: number;
}

/** The maximum expansion of deflate: 258 bytes take at least two bits. */
export const MOST_UNPACKED = 1032;

const CHUNK_BYTES = 1 << 18;

/** A regular file as it is. @throws MicronnError when it is missing or something else */
export function fileBytes(file: string, name: string = file): InputBytes {
  const found = orUnreadable(name, () => statSync(file));
  assertRegular(name, found);
  return { name, file, most: found.size, open: () => chunksOf(file, name) };
}

async function* chunksOf(file: string, name: string): AsyncGenerator<Buffer> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, null).catch((cause: unknown) => {
        throw unreadable(name, cause);
      });
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Bytes and what they are. */
export interface KnownBytes {
  /** The bytes, unpacked if they were gzipped. */
  readonly bytes: InputBytes;
  readonly kind: FileKind;
  /** The first bytes, at most {@link KIND_BYTES}. */
  readonly start: Buffer;
  readonly isGzipped: boolean;
}

/** No file is packed more often by accident. */
const MOST_LAYERS = 4;

/** Recognises bytes by their content, whatever their name, and unpacks gzip as often as it was applied. */
export async function recognise(packed: InputBytes): Promise<KnownBytes> {
  let bytes = packed;
  for (let layers = 0; ; layers++) {
    const start = await readStart(bytes, KIND_BYTES);
    const kind = fileKind(start);
    if (kind !== 'gzip' || layers === MOST_LAYERS) return { bytes, kind, start, isGzipped: layers > 0 };
    bytes = gunzipped(bytes);
  }
}

function gunzipped(packed: InputBytes): InputBytes {
  const { name, most } = packed;
  return { name, most: most * MOST_UNPACKED, open: () => unpackedChunks(packed) };
}

async function* unpackedChunks(packed: InputBytes): AsyncGenerator<Buffer> {
  // In chunks of 16 KiB: larger ones leave more for the collector, and so a higher peak of memory.
  const unpacked = createGunzip();
  // pipeline hands the failure of one stream to the other, where the loop below meets it.
  pipeline(Readable.from(packed.open(), { objectMode: false }), unpacked, () => {});
  try {
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (cause) {
    const code = systemCode(cause);
    if (!code?.startsWith('Z_')) throw cause;
    const what = code === 'Z_BUF_ERROR' ? 'truncated gzip file' : 'not a valid gzip file';
    throw new MicronnError('GZIP_DAMAGED', what, { file: packed.name }, { cause });
  }
}

/** The first bytes, or all if there are fewer. */
export async function readStart(bytes: InputBytes, length: number): Promise<Buffer> {
  if (bytes.file !== undefined) return readFileStart(bytes.file, bytes.name, length);
  const parts: Buffer[] = [];
  let got = 0;
  for await (const chunk of bytes.open()) {
    parts.push(chunk);
    got += chunk.length;
    if (got >= length) break;
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** The calling thread waits, which is faster than to hand so few bytes between threads. */
function readFileStart(file: string, name: string, length: number): Buffer {
  return orUnreadable(name, () => {
    const fd = openSync(file, 'r');
    try {
      const start = Buffer.alloc(length);
      return start.subarray(0, readSync(fd, start, 0, length, 0));
    } finally {
      closeSync(fd);
    }
  });
}

function orUnreadable<Result>(name: string, operation: () => Result): Result {
  try {
    return operation();
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

/**
 * Reads all bytes.
 *
 * @throws MicronnError when there are more than `most`
 */
export async function readAll(bytes: InputBytes, most: number): Promise<Buffer> {
  const { file, name } = bytes;
  if (file !== undefined) {
    if (bytes.most > most) throw tooLarge(name, most);
    return orUnreadable(name, () => readFileSync(file));
  }
  const parts: Buffer[] = [];
  let got = 0;
  for await (const chunk of bytes.open()) {
    got += chunk.length;
    if (got > most) throw tooLarge(name, most);
    parts.push(chunk);
  }
  return Buffer.concat(parts, got);
}

function tooLarge(file: string, most: number): MicronnError {
  return new MicronnError('DATA_UNREADABLE', `expected at most ${most} bytes, got more`, { file });
}
