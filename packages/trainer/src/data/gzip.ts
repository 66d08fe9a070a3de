import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MicronnError, systemCode, unreadable } from '../errors.ts';

/** Whether the name of a file ends in .gz. */
export function isGzip(file: string): boolean {
  return file.endsWith('.gz');
}

/** A range of the bytes of a file: from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Streams a file, or a range of it; unpacks a file whose name ends in .gz. */
export function openStream(file: string, range?: ByteRange): Readable {
  const raw = createReadStream(file, range && { start: range.start, end: range.end - 1 });
  if (!isGzip(file)) return raw;
  const unpacked = createGunzip();
  raw.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => raw.destroy());
  return raw.pipe(unpacked);
}

/** The error for the failure of a stream of {@link openStream}. */
export function streamFailure(file: string, cause: unknown): MicronnError {
  if (cause instanceof MicronnError) return cause;
  const code = systemCode(cause);
  if (isGzip(file) && (code?.startsWith('Z_') ?? false)) {
    const what = code === 'Z_BUF_ERROR' ? 'truncated gzip file' : 'not a valid gzip file';
    return new MicronnError('GZIP_DAMAGED', what, { file }, { cause });
  }
  return unreadable(file, cause);
}
