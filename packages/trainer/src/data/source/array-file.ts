import { closeSync, fstatSync, openSync } from 'node:fs';
import {
  DataFormatError,
  elementsOf,
  isText,
  MOST_IDX_HEADER_BYTES,
  MOST_NPY_HEADER_BYTES,
  type NpyHeader,
  parseIdxHeader,
  parseNpyHeader,
  shapeText,
} from '@micronn/core/data';
import { type ErrorCode, interrupted, MicronnError } from '../../errors.ts';
import { type FileBytes, versionOf } from '../file-bytes.ts';
import { type InputBytes, type KnownBytes, readStart } from './input-bytes.ts';

/** An array in a file: of IDX, of .npy, or an entry of .npz. */
export interface ArrayFile {
  readonly bytes: InputBytes;
  readonly header: NpyHeader;
  readonly format: 'IDX' | 'npy';
}

/** More bytes than any set of small images has; a header with more is wrong. */
const MOST_VALUES = 2 ** 31 - 1;

/** The codes of errors. */
export const codes: Readonly<
  Record<ArrayFile['format'], Record<'count' | 'length' | 'kind' | 'mismatch', ErrorCode>>
> = {
  IDX: { count: 'IDX_COUNT', length: 'IDX_LENGTH', kind: 'IDX_MAGIC', mismatch: 'IDX_MISMATCH' },
  npy: { count: 'ARRAY_FORMAT', length: 'ARRAY_FORMAT', kind: 'ARRAY_FORMAT', mismatch: 'DATA_LABELS' },
};

/**
 * Parses the header of an array, and checks its size against what the file can hold.
 *
 * @throws MicronnError with what is wrong
 */
export async function openArray({ bytes, kind, start }: KnownBytes): Promise<ArrayFile> {
  const format = kind === 'idx' ? 'IDX' : 'npy';
  const code = codes[format];
  let header: NpyHeader;
  try {
    if (kind === 'idx') {
      header = { ...parseIdxHeader(start.subarray(0, MOST_IDX_HEADER_BYTES)), isFortranOrder: false };
    } else {
      header = parseNpyHeader(await readStart(bytes, MOST_NPY_HEADER_BYTES));
    }
  } catch (cause) {
    if (!(cause instanceof DataFormatError)) throw cause;
    const which = /truncated/.test(cause.message) ? code.length : code.count;
    throw new MicronnError(which, cause.message, { file: bytes.name }, { cause });
  }
  const values = elementsOf(header.shape);
  if (values > MOST_VALUES) {
    throw new MicronnError(
      code.count,
      `invalid dimensions ${shapeText(header.shape)}: more than ${MOST_VALUES} values`,
      { file: bytes.name },
    );
  }
  return { bytes, header, format };
}

/** The bytes of an element of an array. */
function elementBytes({ type }: NpyHeader): number {
  if (!isText(type)) return type.bytes;
  return type.characters * (type.kind === 'unicode' ? 4 : 1);
}

/** The bytes of all elements. */
function lengthOf({ header }: ArrayFile): number {
  return elementsOf(header.shape) * elementBytes(header);
}

function wrongLength({ bytes, format, header }: ArrayFile, got: number | string): MicronnError {
  const expected = elementsOf(header.shape) * elementBytes(header);
  const sentence = `expected ${expected} bytes after the header, got ${got}`;
  return new MicronnError(codes[format].length, sentence, { file: bytes.name });
}

/** Checks that the bytes on the disk can hold the elements, before memory is taken for them. */
export function assertHolds(array: ArrayFile): void {
  const { bytes, header } = array;
  const needed = header.headerBytes + lengthOf(array);
  if (needed <= bytes.most) return;
  if (bytes.file !== undefined) throw wrongLength(array, Math.max(0, bytes.most - header.headerBytes));
  throw wrongLength(array, `a file that unpacks to at most ${bytes.most} bytes, which cannot hold them`);
}

/**
 * Yields the elements' bytes in order, each part a whole number of elements.
 *
 * @throws MicronnError when there are fewer or more than the header says
 */
export async function* elementsIn(array: ArrayFile, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { bytes, header } = array;
  const size = elementBytes(header);
  const length = lengthOf(array);
  let skip = header.headerBytes;
  let got = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes.open()) {
    if (signal.aborted) throw interrupted(bytes.name, signal.reason);
    const part = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - part.length;
    got += part.length;
    if (got > length) throw wrongLength(array, `more than ${length}`);
    const joined = rest.length === 0 ? part : Buffer.concat([rest, part]);
    const whole = joined.length - (joined.length % size);
    if (whole > 0) yield joined.subarray(0, whole);
    rest = joined.subarray(whole);
  }
  if (got !== length) throw wrongLength(array, got);
}

/** Leaves the elements in their file. */
export function locate(array: ArrayFile, file: string): FileBytes {
  const at = array.header.headerBytes;
  const fd = openSync(file, 'r');
  try {
    const length = fstatSync(fd).size - at;
    if (length !== lengthOf(array)) throw wrongLength(array, length);
    return { file, at, version: versionOf(fd) };
  } finally {
    closeSync(fd);
  }
}
