import { closeSync, fstatSync, openSync } from 'node:fs';
import {
  areBytes,
  BYTES,
  byteOf,
  DataFormatError,
  decodeNumbers,
  decodeTexts,
  elementsOf,
  type ImageLayout,
  imageLayout,
  isText,
  MOST_IDX_HEADER_BYTES,
  MOST_NPY_HEADER_BYTES,
  type NpyHeader,
  type NumberType,
  type PixelRange,
  parseIdxHeader,
  parseNpyHeader,
  rangeOf,
  shapeText,
} from '@micronn/core/data';
import { MOST_INPUTS } from '@micronn/core/kernels';
import { type ErrorCode, MicronnError } from '../../errors.ts';
import { interrupted } from '../csv-format.ts';
import { type FileBytes, versionOf, withBytes } from '../file-bytes.ts';
import { sharedBytes } from '../samples.ts';
import type { ImageSize, RawLabels, ReadingOptions } from '../source.ts';
import { type InputBytes, type KnownBytes, readStart } from './input-bytes.ts';
import { createLabelCollector, labelsOfNumbers } from './labels.ts';

/** An array in a file: of IDX, of .npy, or an entry of .npz. */
export interface ArrayFile {
  readonly bytes: InputBytes;
  readonly header: NpyHeader;
  readonly format: 'IDX' | 'npy';
}

/** More bytes than any set of small images has; a header with more is wrong. */
const MOST_VALUES = 2 ** 31 - 1;

const codes: Readonly<
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
function assertHolds(array: ArrayFile): void {
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
async function* elementsIn(array: ArrayFile, signal: AbortSignal): AsyncGenerator<Buffer> {
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

/** Images of an array. */
export interface ArrayImages extends ImageSize {
  readonly count: number;
  readonly images: Uint8Array | FileBytes;
  readonly range?: PixelRange;
}

/**
 * Reads an array of images. Grey bytes of an uncompressed file stay in it; other numbers become bytes by the range of
 * all of them, unless they are whole and from 0 to 255.
 *
 * @throws MicronnError when the array is not one of images, or its numbers leave their range open
 */
export async function readArrayImages(
  array: ArrayFile,
  reading: ReadingOptions,
  signal: AbortSignal,
): Promise<ArrayImages> {
  const { bytes, header, format } = array;
  const layout = layoutOf(array);
  if (isText(header.type)) {
    throw new MicronnError(codes[format].kind, 'expected an array of images, got texts', {
      file: bytes.name,
    });
  }
  const { count, width, height } = layout;
  if (layout.channels === 3 && reading.colours === 'refuse') {
    throw new MicronnError(
      'IMAGE_COLOUR',
      `expected grey images, got ${shapeText(header.shape)} in red, green and blue`,
      { file: bytes.name },
    );
  }
  const isPlain = areBytes(header.type) && !layout.places && !layout.isSampleFastest && layout.channels === 1;
  if (isPlain && bytes.file !== undefined) {
    return { count, width, height, images: locate(array, bytes.file) };
  }
  assertHolds(array);
  const numbers = areBytes(header.type)
    ? { range: undefined, toByte: undefined }
    : await rangeInArray(array, header.type, reading, signal);
  const values = sharedBytes(elementsOf(header.shape));
  await fill(values, array, header.type, layout, numbers.toByte, signal);
  const images = layout.channels === 3 ? greyOf(values) : values;
  return { count, width, height, images, ...(numbers.range && { range: numbers.range }) };
}

function layoutOf({ bytes, header, format }: ArrayFile): ImageLayout {
  try {
    return imageLayout(header.shape, header.isFortranOrder, MOST_INPUTS);
  } catch (cause) {
    if (!(cause instanceof DataFormatError)) throw cause;
    throw new MicronnError(codes[format].count, cause.message, { file: bytes.name }, { cause });
  }
}

/** Leaves the elements in their file. */
function locate(array: ArrayFile, file: string): FileBytes {
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

interface NumberRange {
  /** The range by which numbers become bytes; undefined if they are bytes already. */
  readonly range: PixelRange | undefined;
  readonly toByte: ((value: number) => number) | undefined;
}

/** Reads all numbers once, to find what they lie between. */
async function rangeInArray(
  array: ArrayFile,
  type: NumberType,
  { pixelScale }: ReadingOptions,
  signal: AbortSignal,
): Promise<NumberRange> {
  const file = array.bytes.name;
  if (type.kind === 'bool') return byRange({ low: 0, high: 1 });
  let least = Infinity;
  let most = -Infinity;
  let whole = true;
  for await (const part of elementsIn(array, signal)) {
    const numbers = decodeNumbers(part, type);
    for (let k = 0; k < numbers.length; k++) {
      const value = numbers[k]!;
      if (!Number.isFinite(value)) {
        throw new MicronnError('DATA_SCALE', `expected finite numbers for pixels, got ${value}`, { file });
      }
      if (value < least) least = value;
      if (value > most) most = value;
      if (whole && !Number.isInteger(value)) whole = false;
    }
  }
  if (whole && least >= 0 && most <= 255) return { range: undefined, toByte: undefined };
  const range = pixelScale ?? rangeOf({ least, most, whole });
  if (!range) {
    throw new MicronnError(
      'DATA_SCALE',
      `pixels from ${least} to ${most}: which numbers are black and white? Add --pixel-scale ${least}..${most}, for example`,
      { file },
    );
  }
  if (least < range.low || most > range.high) {
    throw new MicronnError(
      'DATA_SCALE',
      `expected pixels from ${range.low} to ${range.high}, got numbers from ${least} to ${most}`,
      { file },
    );
  }
  return byRange(range);
}

function byRange(range: PixelRange): NumberRange {
  if (range.low === BYTES.low && range.high === BYTES.high) {
    return { range, toByte: (value) => Math.floor(value + 0.5) };
  }
  return { range, toByte: (value) => byteOf(value, range) };
}

/** Writes each element to its place. */
async function fill(
  values: Uint8Array,
  array: ArrayFile,
  type: NumberType,
  { count, places, isSampleFastest }: ImageLayout,
  toByte: NumberRange['toByte'],
  signal: AbortSignal,
): Promise<void> {
  const perImage = values.length / count;
  let next = 0;
  let sample = 0;
  let element = 0;
  for await (const part of elementsIn(array, signal)) {
    const numbers = decodeNumbers(part, type);
    if (!places && !isSampleFastest && !toByte) {
      values.set(numbers, next);
      next += numbers.length;
      continue;
    }
    for (let k = 0; k < numbers.length; k++) {
      const place = places ? places[element]! : element;
      values[sample * perImage + place] = toByte ? toByte(numbers[k]!) : numbers[k]!;
      if (isSampleFastest) {
        if (++sample === count) [sample, element] = [0, element + 1];
      } else if (++element === perImage) [sample, element] = [sample + 1, 0];
    }
  }
}

/** Grey images of images in red, green and blue, by the weights of core's toGrey. */
function greyOf(values: Uint8Array): Uint8Array {
  const grey = sharedBytes(values.length / 3);
  for (let k = 0; k < grey.length; k++) {
    const at = 3 * k;
    grey[k] = Math.floor((299 * values[at]! + 587 * values[at + 1]! + 114 * values[at + 2]! + 500) / 1000);
  }
  return grey;
}

/**
 * Reads an array of labels: whole numbers, floats or texts, n or n × 1; one-hot rows, n × classes; or QMNIST's rows of
 * eight numbers, of which the first is the class.
 *
 * @param count the number of images
 * @throws MicronnError when there are not as many labels as images, or the array is none of labels
 */
export async function readArrayLabels(
  array: ArrayFile,
  count: number,
  imagesName: string,
  signal: AbortSignal,
): Promise<RawLabels> {
  const { bytes, header, format } = array;
  const file = bytes.name;
  const { shape, type } = header;
  const [rows = 0, columns = 1] = shape;
  if (shape.length > 2 || shape.length === 0) {
    throw new MicronnError(codes[format].kind, `expected labels, got an array of ${shapeText(shape)}`, {
      file,
    });
  }
  if (rows !== count) {
    throw new MicronnError(
      codes[format].mismatch,
      `expected ${count} labels for the ${count} images of ${imagesName}, got ${rows}`,
      { file },
    );
  }
  assertHolds(array);
  if (isText(type)) {
    if (columns !== 1) throw notLabels(file, shape);
    const collector = createLabelCollector(file);
    for await (const part of elementsIn(array, signal))
      for (const text of decodeTexts(part, type)) collector.add(text);
    return collector.labels();
  }
  const numbers = await readNumbers(array, type, signal);
  if (columns === 1) return labelsOfNumbers(file, numbers);
  // QMNIST: class, series, writer, and five more.
  if (format === 'IDX' && columns === 8 && type.bytes === 4) {
    return labelsOfNumbers(
      file,
      numbers.filter((_, k) => k % columns === 0),
    );
  }
  return labelsOfNumbers(file, fromOneHot(array, numbers));
}

/** All numbers of an array. */
async function readNumbers(
  array: ArrayFile,
  type: NumberType,
  signal: AbortSignal,
): Promise<Uint8Array | Float64Array> {
  const { bytes, header } = array;
  const count = elementsOf(header.shape);
  if (!areBytes(type)) {
    const numbers = new Float64Array(count);
    let next = 0;
    for await (const part of elementsIn(array, signal)) {
      numbers.set(decodeNumbers(part, type), next);
      next += part.length / type.bytes;
    }
    return numbers;
  }
  const numbers = new Uint8Array(count);
  if (bytes.file !== undefined) {
    withBytes(locate(array, bytes.file), (read) => read(numbers, 0));
    return numbers;
  }
  let next = 0;
  for await (const part of elementsIn(array, signal)) {
    numbers.set(part, next);
    next += part.length;
  }
  return numbers;
}

/** The column of the 1 in each row. */
function fromOneHot({ bytes, header }: ArrayFile, numbers: ArrayLike<number>): Uint16Array {
  const [rows = 0, columns = 0] = header.shape;
  const labels = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    let ones = 0;
    for (let column = 0; column < columns; column++) {
      const value = numbers[header.isFortranOrder ? column * rows + row : row * columns + column]!;
      if (value !== 0 && value !== 1) throw notLabels(bytes.name, header.shape);
      if (value === 0) continue;
      ones++;
      labels[row] = column;
    }
    if (ones !== 1) throw notLabels(bytes.name, header.shape);
  }
  return labels;
}

function notLabels(file: string, shape: readonly number[]): MicronnError {
  return new MicronnError(
    'DATA_LABELS',
    `expected a label for each image, or rows with a single 1 (one-hot), got an array of ${shapeText(shape)}`,
    { file },
  );
}
