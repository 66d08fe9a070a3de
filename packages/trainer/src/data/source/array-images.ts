import {
  areBytes,
  BYTES,
  byteOf,
  createImageWriter,
  createPixelMeter,
  DataFormatError,
  decodeNumbers,
  elementsOf,
  greyInto,
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
  const write = createImageWriter(values, layout, numbers.toByte);
  for await (const part of elementsIn(array, signal)) write(decodeNumbers(part, header.type));
  const images = layout.channels === 3 ? sharedBytes(values.length / 3) : values;
  if (layout.channels === 3) greyInto(images, values);
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
  const meter = createPixelMeter();
  try {
    for await (const part of elementsIn(array, signal)) meter.add(decodeNumbers(part, type));
  } catch (cause) {
    if (!(cause instanceof DataFormatError)) throw cause;
    throw new MicronnError('DATA_SCALE', cause.message, { file }, { cause });
  }
  const { least, most, whole } = meter.facts();
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
