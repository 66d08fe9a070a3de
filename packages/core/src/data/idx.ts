import { DataFormatError, elementsOf, type NumberType, shapeText } from './number-type.ts';

/**
 * The IDX format of MNIST: two zero bytes, a byte for the type of the elements, a byte for the number of dimensions D,
 * then D sizes as big-endian words of 32 bits, then the elements, row by row, big-endian.
 *
 * Source: https://yann.lecun.com/exdb/mnist/, "The IDX file format".
 */

/** What the header of an IDX file says. */
export interface IdxHeader {
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly headerBytes: number;
}

const elementTypes: Readonly<
  Record<number, readonly [kind: NumberType['kind'], bytes: NumberType['bytes']]>
> = {
  8: ['unsigned', 1],
  9: ['signed', 1],
  11: ['signed', 2],
  12: ['signed', 4],
  13: ['float', 4],
  14: ['float', 8],
};

/** No array of images or labels has more: count, rows, columns, and a channel. */
const MOST_DIMENSIONS = 4;

/** The longest header of an IDX file of images or labels. */
export const MOST_IDX_HEADER_BYTES: number = 4 + 4 * MOST_DIMENSIONS;

/** Whether bytes begin as an IDX file of images or labels does. */
export function isIdx(bytes: Uint8Array): boolean {
  const [first, second, type = 0, dimensions = 0] = bytes;
  if (first !== 0 || second !== 0 || !(type in elementTypes)) return false;
  return dimensions >= 1 && dimensions <= MOST_DIMENSIONS;
}

/**
 * Parses the header of an IDX file.
 *
 * @param bytes the beginning of the file: {@link MOST_IDX_HEADER_BYTES} bytes, or all that there are
 * @throws DataFormatError when it is not such a header, is truncated, or a size is 0
 */
export function parseIdxHeader(bytes: Uint8Array): IdxHeader {
  if (!isIdx(bytes)) throw new DataFormatError('not the header of an IDX file of images or labels');
  const [kind, size] = elementTypes[bytes[2]!]!;
  const dimensions = bytes[3]!;
  const headerBytes = 4 + 4 * dimensions;
  if (bytes.length < headerBytes) {
    throw new DataFormatError(`truncated header: expected ${headerBytes} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  if (elementsOf(shape) === 0) {
    throw new DataFormatError(`invalid dimensions ${shapeText(shape)}: each must be at least 1`);
  }
  return { type: { kind, bytes: size, littleEndian: false }, shape, headerBytes };
}
