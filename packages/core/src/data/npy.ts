import { DataFormatError, type NumberType } from './number-type.ts';

/**
 * NumPy's .npy format: `\x93NUMPY`, two bytes of version, the length of the header as a little-endian word of 16 bits
 * (version 1) or 32 bits, the header as a Python dictionary with `descr`, `fortran_order` and `shape`, then the elements.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 */

/** Fixed-length text: `characters` of 4 bytes each (`<U5`), or bytes (`S5`), padded with zeros. */
export interface TextType {
  readonly kind: 'unicode' | 'bytes';
  readonly characters: number;
  readonly littleEndian: boolean;
}

/** What the header of an .npy file says. */
export interface NpyHeader {
  readonly type: NumberType | TextType;
  readonly shape: readonly number[];
  /** Whether the first index runs fastest, as in Fortran and Matlab; otherwise the last one does. */
  readonly isFortranOrder: boolean;
  /** Where the elements begin. */
  readonly headerBytes: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself reads no longer header without being asked to. */
export const MOST_NPY_HEADER_BYTES = 10_000;
const MOST_DIMENSIONS = 32;

/** Whether bytes begin as an .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, k) => bytes[k] === byte);
}

/**
 * Parses the header of an .npy file.
 *
 * @param bytes the beginning of the file: {@link MOST_NPY_HEADER_BYTES} bytes, or all that there are
 * @throws DataFormatError when it is truncated, or the array's type or shape is none that this package reads
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  if (!isNpy(bytes)) throw new DataFormatError('not the header of an .npy file');
  const begin = bytes[6] === 1 ? 10 : 12;
  if (bytes.length < begin) throw new DataFormatError('truncated header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = begin === 10 ? view.getUint16(8, true) : view.getUint32(8, true);
  const headerBytes = begin + length;
  if (headerBytes > MOST_NPY_HEADER_BYTES) {
    throw new DataFormatError(
      `expected a header of at most ${MOST_NPY_HEADER_BYTES} bytes, got ${headerBytes}`,
    );
  }
  if (bytes.length < headerBytes) {
    throw new DataFormatError(`truncated header: expected ${headerBytes} bytes, got ${bytes.length}`);
  }
  const header = new TextDecoder('latin1').decode(bytes.subarray(begin, headerBytes)).trim();
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined || descr === undefined) {
    if (/'descr'\s*:\s*\[/.test(header)) {
      throw new DataFormatError('a structured array: save its fields as arrays of their own');
    }
    throw new DataFormatError(`unreadable header ${JSON.stringify(header.slice(0, 80))}`);
  }
  const shape = sizes
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size) => size !== '')
    .map(Number);
  if (shape.length > MOST_DIMENSIONS || !shape.every((size) => Number.isSafeInteger(size))) {
    throw new DataFormatError(`invalid shape (${sizes})`);
  }
  return { type: typeOf(descr), shape, isFortranOrder: order === 'True', headerBytes };
}

const kinds: Readonly<Record<string, NumberType['kind']>> = {
  b: 'bool',
  u: 'unsigned',
  i: 'signed',
  f: 'float',
};

/** NumPy's type strings: byte order, kind and size, as `<f4`, `|u1` and `<U5`. */
function typeOf(descr: string): NumberType | TextType {
  const [, order, letter = '', digits] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  const littleEndian = order !== '>';
  if (letter === 'O') {
    throw new DataFormatError(
      'an array of Python objects (a pickle): save numbers, with array.astype("uint8") for example',
    );
  }
  const size = Number(digits);
  if ((letter === 'U' || letter === 'S') && size > 0) {
    return { kind: letter === 'U' ? 'unicode' : 'bytes', characters: size, littleEndian };
  }
  const kind = kinds[letter];
  const isKnown = kind === 'bool' ? size === 1 : kind === 'float' ? size !== 1 : true;
  if (kind && isKnown && (size === 1 || size === 2 || size === 4 || size === 8)) {
    return { kind, bytes: size, littleEndian };
  }
  throw new DataFormatError(`unsupported type ${JSON.stringify(descr)}: expected whole numbers or floats`);
}

/** Whether an array holds texts. */
export function isText(type: NumberType | TextType): type is TextType {
  return 'characters' in type;
}

/** Decodes the texts of an array, without their padding. */
export function decodeTexts(bytes: Uint8Array, { kind, characters, littleEndian }: TextType): string[] {
  const size = characters * (kind === 'unicode' ? 4 : 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, k) => {
    let text = '';
    for (let c = 0; c < characters; c++) {
      const at = k * size + (kind === 'unicode' ? 4 * c : c);
      const point = kind === 'unicode' ? view.getUint32(at, littleEndian) : view.getUint8(at);
      if (point > 0x10_ff_ff) throw new DataFormatError(`text ${k + 1} is not Unicode`);
      text += String.fromCodePoint(point);
    }
    return text.replace(/\0+$/, '');
  });
}
