import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MicronnError, systemCode, unreadable } from '../errors.ts';

/** Whether a file's name says that it is gzipped. */
export function isGzip(file: string): boolean {
  return file.endsWith('.gz');
}

/** Which bytes of a file: from `start` up to but without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file's bytes, or a range of them, as a stream, unpacked when its name ends in .gz. */
export function openStream(file: string, range?: ByteRange): Readable {
  const raw = createReadStream(file, range && { start: range.start, end: range.end - 1 });
  if (!isGzip(file)) return raw;
  const unpacked = createGunzip();
  raw.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => raw.destroy());
  return raw.pipe(unpacked);
}

/** What a stream of {@link openStream} failed with, as a sentence. */
export function streamFailure(file: string, cause: unknown): MicronnError {
  if (cause instanceof MicronnError) return cause;
  const code = systemCode(cause);
  if (isGzip(file) && (code?.startsWith('Z_') ?? false)) {
    const what = code === 'Z_BUF_ERROR' ? 'truncated gzip file' : 'not a valid gzip file';
    return new MicronnError('GZIP_DAMAGED', what, { file }, { cause });
  }
  return unreadable(file, cause);
}
