import { MicronnError } from '../errors.ts';
import { assertImageSize, damaged, type RgbaImage } from './png.ts';

/** The decoder's own limit, in MB: the largest image takes about 400 MB as coefficients and colours. */
const MOST_MEMORY = 768;

/** What precedes the pixels of a JPEG. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colour. */
  readonly components: number;
  /** The TIFF structure behind `Exif` in APP1. */
  readonly exif?: Buffer;
}

/**
 * Walks the segments up to the frame header, and checks its sizes.
 *
 * Source: ITU-T T.81, annex B
 *
 * @throws MicronnError when the file is truncated, too large, or has four inks
 */
export function parseJpegHeader(file: string, bytes: Buffer): JpegHeader {
  let exif: Buffer | undefined;
  for (let at = 2; ; ) {
    if (at + 4 > bytes.length) {
      throw damaged(
        file,
        `truncated file: expected another segment at byte ${at}, but the file has ${bytes.length} bytes`,
      );
    }
    if (bytes[at] !== 0xff) throw damaged(file, `expected a marker at byte ${at}, got ${bytes[at]}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) {
      throw damaged(
        file,
        `truncated file: expected ${length} bytes at byte ${at + 2}, but the file has ${bytes.length} bytes`,
      );
    }
    const content = bytes.subarray(at + 4, end);
    if (marker === 0xe1 && content.toString('latin1', 0, 6) === 'Exif\0\0') exif = content.subarray(6);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return frameHeader(file, marker, content, exif);
    }
    if (marker === 0xda || marker === 0xd9) throw damaged(file, 'no frame header before the pixels');
    at = end;
  }
}

function frameHeader(file: string, marker: number, content: Buffer, exif: Buffer | undefined): JpegHeader {
  if (content.length < 6) throw damaged(file, 'truncated frame header');
  if (marker > 0xc2 || content[0] !== 8) {
    throw new MicronnError(
      'IMAGE_KIND',
      'expected a baseline or progressive JPEG with 8 bits per sample: save it as PNG',
      { file },
    );
  }
  const [height, width, components] = [content.readUInt16BE(1), content.readUInt16BE(3), content[5]!];
  if (components !== 1 && components !== 3) {
    throw new MicronnError(
      'IMAGE_KIND',
      `expected a grey or RGB JPEG, got ${components} components${components === 4 ? ' (CMYK)' : ''}: save it as RGB`,
      { file },
    );
  }
  assertImageSize(file, width, height);
  return exif === undefined ? { width, height, components } : { width, height, components, exif };
}

/** Decodes the pixels. The library is loaded when the first JPEG comes. */
export async function decodeJpeg(file: string, bytes: Buffer, header: JpegHeader): Promise<RgbaImage> {
  const { decode } = await import('jpeg-js');
  try {
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: true,
      tolerantDecoding: false,
      maxMemoryUsageInMB: MOST_MEMORY,
    });
    if (width !== header.width || height !== header.height) throw new Error('a second frame of another size');
    return { width, height, rgba: data };
  } catch (cause) {
    throw damaged(
      file,
      `cannot decode the image: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}
