import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { MicronnError, systemCode } from '../errors.ts';

/** An image of red, green, blue and alpha, one byte each, row-major. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** 4096 × 4096: with 16 bits per sample, unpacking takes some hundred megabytes. */
const MAX_PIXELS = 2 ** 24;

/** The longest side: the decoder allocates an object for each row, and a drawn digit has no such side. */
const MAX_SIDE = 10_000;

/** Larger than any uncompressed PNG of MAX_PIXELS. */
export const MAX_FILE_BYTES = 2 ** 29;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The signature and the first chunk: length, type, 13 bytes, checksum. */
const HEADER_BYTES = 33;

/** A decoded PNG, and the TIFF structure of its eXIf chunk. */
interface PngImage {
  readonly image: RgbaImage;
  readonly exif: Buffer | undefined;
}

/**
 * Decodes a PNG of any kind: grey, colour or palette, with or without alpha, 1 to 16 bits, interlaced or not.
 *
 * Reads the header first, and checks its sizes against the limits before unpacking anything.
 *
 * @throws MicronnError (exit code 3) when the image is too large, truncated or damaged
 */
export function decodePng(file: string, bytes: Buffer): PngImage {
  const header = parsePngHeader(file, bytes);
  const { packed, end, exif } = walkChunks(file, bytes);
  assertUnpacks(file, packed, header);
  try {
    const { width, height, data } = PNG.sync.read(bytes.subarray(0, end));
    return { image: { width, height, rgba: data }, exif };
  } catch (cause) {
    throw damaged(file, `cannot decode the image: ${(cause as Error).message}`, cause);
  }
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly isInterlaced: boolean;
}

/** Samples per pixel by colour type: grey, colour, palette, grey with alpha, colour with alpha. */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** @throws MicronnError when the first 33 bytes are not a header, or the image is too large */
export function parsePngHeader(file: string, bytes: Buffer): Header {
  if (bytes.length < HEADER_BYTES) {
    throw damaged(file, `truncated header: expected ${HEADER_BYTES} bytes, got ${bytes.length}`);
  }
  const type = bytes.toString('latin1', 12, 16);
  if (bytes.readUInt32BE(8) !== 13 || type !== 'IHDR') {
    throw damaged(file, `the first chunk must be IHDR with 13 bytes, got ${JSON.stringify(type)}`);
  }
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const samples = samplesOf[bytes[25]!];
  if (samples === undefined) {
    throw damaged(file, `unknown colour type ${bytes[25]}: expected 0, 2, 3, 4 or 6`);
  }
  assertImageSize(file, width, height);
  return { width, height, bitsPerPixel: samples * bytes[24]!, isInterlaced: bytes[28] === 1 };
}

/** @throws MicronnError when an image has no pixels, or too many */
export function assertImageSize(file: string, width: number, height: number): void {
  if (width === 0 || height === 0) throw damaged(file, `invalid image size ${width} × ${height}`);
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) {
    throw new MicronnError(
      'IMAGE_SIZE',
      `expected an image of at most ${MAX_SIDE} pixels a side and ${MAX_PIXELS} in all, got ${width} × ${height}`,
      { file },
    );
  }
}

/** The compressed pixels, the eXIf chunk, and the end of the image; bytes after the end are ignored. */
function walkChunks(file: string, bytes: Buffer): { packed: Buffer; exif: Buffer | undefined; end: number } {
  const packed: Buffer[] = [];
  let exif: Buffer | undefined;
  let at = SIGNATURE.length;
  for (;;) {
    if (at + 12 > bytes.length) {
      throw damaged(
        file,
        `truncated file: expected another chunk at byte ${at}, but the file has ${bytes.length} bytes`,
      );
    }
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) {
      throw damaged(file, `invalid chunk name ${JSON.stringify(type)} at byte ${at + 4}`);
    }
    const end = at + 12 + length;
    if (end > bytes.length) {
      throw damaged(
        file,
        `truncated file: expected ${length} bytes of ${type} at byte ${at + 8}, but the file has ${bytes.length} bytes`,
      );
    }
    if (type === 'IDAT') packed.push(bytes.subarray(at + 8, at + 8 + length));
    if (type === 'eXIf') exif = bytes.subarray(at + 8, at + 8 + length);
    at = end;
    if (type === 'IEND') break;
  }
  if (packed.length === 0) throw damaged(file, 'no IDAT chunk');
  return { packed: Buffer.concat(packed), exif, end: at };
}

/** Checks the exact size of the unpacked pixels, because the decoder unpacks interlaced images without a limit. */
function assertUnpacks(file: string, packed: Buffer, header: Header): void {
  const expected = unpackedBytes(header);
  let got: number | string;
  try {
    got = inflateSync(packed, { maxOutputLength: expected }).length;
  } catch (cause) {
    if (systemCode(cause) !== 'ERR_BUFFER_TOO_LARGE') {
      throw damaged(file, `cannot decompress the pixels: ${(cause as Error).message}`, cause);
    }
    got = 'more';
  }
  if (got !== expected) throw damaged(file, `expected ${expected} bytes of pixels, got ${got}`);
}

/** The first column and row of each pass of an interlaced image, and the distances between its pixels. */
const passes: readonly [x: number, y: number, stepX: number, stepY: number][] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** The size of all unpacked rows; each begins with a byte for its filter. */
function unpackedBytes({ width, height, bitsPerPixel, isInterlaced }: Header): number {
  const bytes = (columns: number, rows: number): number =>
    columns <= 0 || rows <= 0 ? 0 : rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  if (!isInterlaced) return bytes(width, height);
  return passes
    .map(([x, y, stepX, stepY]) => bytes(Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)))
    .reduce((sum, count) => sum + count);
}

/** The error for an image that is truncated or damaged. */
export function damaged(file: string, sentence: string, cause?: unknown): MicronnError {
  return new MicronnError('IMAGE_DAMAGED', sentence, { file }, { cause });
}
