import { constants, createReadStream, openSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { MicronnError, systemCode, unreadable } from '../errors.ts';

/**
 * The inputs of the command line: regular files, and pipes where one pass over the bytes is enough. Everything else is
 * refused before it is opened, because opening or reading a device, or a pipe without a writer, may never end.
 */

/** How an input is read as a whole. */
export interface InputLimits {
  /** The largest size of a file. */
  readonly mostBytes: number;
  /** Whether a pipe may be read, as it is by default. */
  readonly pipes?: boolean;
  /** Ends the waiting for a pipe. */
  readonly signal?: AbortSignal | undefined;
  /** Checks the first bytes, at least 64 unless there are fewer, before the rest is read. */
  readonly checkStart?: (start: Buffer) => void;
}

const START_BYTES = 64;
/** The largest input from a pipe, which does not know its size in advance. */
const MOST_PIPE_BYTES = 2 ** 28;
const CHUNK_BYTES = 2 ** 20;

/** What `stat` finds, for a sentence; undefined for a regular file. */
function otherKind(found: Stats): string | undefined {
  if (found.isFile()) return undefined;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

/**
 * Checks that an input is a regular file, which can be read several times and from any place.
 *
 * @param found what `stat` returned for it
 * @throws MicronnError (DATA_UNREADABLE) with what it is
 */
export function assertRegular(file: string, found: Stats): void {
  const kind = otherKind(found);
  if (kind === undefined) return;
  const advice = kind === 'a pipe' ? ': write its data to a file first' : '';
  throw new MicronnError('DATA_UNREADABLE', `expected a file, but this is ${kind}${advice}`, { file });
}

/**
 * Reads a regular file or a pipe, such as /dev/stdin or a shell's <(…), as a whole.
 *
 * @throws MicronnError (DATA_NOT_FOUND, DATA_UNREADABLE or INTERRUPTED) when it is missing, too large or something else;
 *   the errors of `checkStart`
 */
export async function readInput(file: string, limits: InputLimits): Promise<Buffer> {
  const { mostBytes, signal, pipes = true } = limits;
  const found = await stat(file).catch((cause: unknown) => {
    if (systemCode(cause) !== 'ENOENT') throw unreadable(file, cause);
    throw new MicronnError('DATA_NOT_FOUND', 'file not found', { file }, { cause });
  });
  const isPipe = pipes && found.isFIFO();
  if (!isPipe) assertRegular(file, found);
  const most = isPipe ? Math.min(mostBytes, MOST_PIPE_BYTES) : mostBytes;
  try {
    signal?.throwIfAborted();
    const stream = isPipe ? openPipe(file) : createReadStream(file, { highWaterMark: CHUNK_BYTES });
    const abort = (): void => void stream.destroy(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await collect(file, stream, { ...limits, mostBytes: most }, found.size);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  } catch (cause) {
    if (cause instanceof MicronnError) throw cause;
    if (signal?.aborted)
      throw new MicronnError('INTERRUPTED', 'interrupted while reading', { file }, { cause });
    // The errors of checkStart pass.
    throw cause instanceof Error && 'syscall' in cause ? unreadable(file, cause) : cause;
  }
}

/** Opens a pipe. Neither opening nor reading occupies a thread of Node, which could not end before a writer comes. */
function openPipe(file: string): Readable {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** @param size what the file says of its size; a pipe says 0 */
async function collect(
  file: string,
  stream: Readable,
  { mostBytes, checkStart }: InputLimits,
  size: number,
): Promise<Buffer> {
  let bytes: Buffer = Buffer.allocUnsafe(Math.min(size, mostBytes));
  let length = 0;
  let unchecked = checkStart;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes = withRoom(bytes, length, length + chunk.length);
    chunk.copy(bytes, length);
    length += chunk.length;
    if (length >= START_BYTES) {
      unchecked?.(bytes.subarray(0, length));
      unchecked = undefined;
    }
    if (Math.max(size, length) > mostBytes) {
      throw new MicronnError('DATA_UNREADABLE', `expected at most ${mostBytes} bytes, got more`, { file });
    }
  }
  unchecked?.(bytes.subarray(0, length));
  return bytes.subarray(0, length);
}

/** The buffer, or a copy that is twice as large, if it has no room for so many bytes. */
function withRoom(bytes: Buffer, length: number, needed: number): Buffer {
  if (needed <= bytes.length) return bytes;
  const larger = Buffer.allocUnsafe(Math.max(2 * bytes.length, needed));
  bytes.copy(larger, 0, 0, length);
  return larger;
}
