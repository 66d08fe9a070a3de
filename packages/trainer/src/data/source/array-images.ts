import {
  areBytes,
  BYTES,
  byteOf,
  DataFormatError,
  decodeNumbers,
  elementsOf,
  type ImageLayout,
  imageLayout,
  isText,
  type NumberType,
  type PixelRange,
  rangeOf,
  shapeText,
} from '@micronn/core/data';
import { MOST_INPUTS } from '@micronn/core/kernels';
import { MicronnError } from '../../errors.ts';
import type { FileBytes } from '../file-bytes.ts';
import { sharedBytes } from '../samples.ts';
import type { ImageSize, ReadingOptions } from '../source.ts';
import { type ArrayFile, assertHolds, codes, elementsIn, locate } from './array-file.ts';

/** Images of an array. */
interface ArrayImages extends ImageSize {
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
