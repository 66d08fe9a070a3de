import { MicronnError } from '../errors.ts';
import { readInput } from '../files/read-input.ts';
import { decodeJpeg, parseJpegHeader } from './jpeg.ts';
import { exifOrientation, upright } from './orientation.ts';
import { decodePng, MAX_FILE_BYTES, parsePngHeader, type RgbaImage } from './png.ts';

/** How other files begin, and what to do about them. */
const otherKinds: readonly [name: string, begin: RegExp][] = [
  ['a GIF', /^GIF8/],
  ['a WebP', /^RIFF.{4}WEBP/s],
  ['a BMP', /^BM/],
  ['a TIFF', /^(?:II\*\0|MM\0\*)/],
  ['a HEIC', /^.{4}ftyp(?:hei|hev|mif|msf)/s],
  ['an AVIF', /^.{4}ftypavi/s],
  ['a PDF', /^%PDF/],
  ['an HTML page', /^\s*(?:<!doctype html|<html)/i],
  ['an SVG', /^\s*(?:<\?xml[^>]*>\s*)?<svg/],
];

/**
 * Reads a PNG or a JPEG, told by its content, turned upright as its EXIF orientation says.
 *
 * The header's sizes are checked before anything is unpacked. JPEG: baseline and progressive, grey and colour (YCbCr
 * or RGB); CMYK is refused, since its inks need a colour profile.
 *
 * @param file a regular file or a pipe
 * @throws MicronnError (exit code 3) when the file is neither, or is too large, truncated or damaged
 */
export async function readImage(file: string, signal?: AbortSignal): Promise<RgbaImage> {
  const bytes = await readInput(file, {
    mostBytes: MAX_FILE_BYTES,
    signal,
    // The size of a JPEG may stand behind any number of bytes; the PNG's is in its first 33.
    checkStart: (start) => void (kindOf(file, start) === 'PNG' && parsePngHeader(file, start)),
  });
  return await decodeImage(bytes, file);
}

/**
 * Decodes the bytes of a PNG or a JPEG, as {@link readImage} does.
 *
 * @param name what errors call the image, such as its name in an archive
 * @throws MicronnError (exit code 3)
 */
export async function decodeImage(bytes: Buffer, name: string): Promise<RgbaImage> {
  if (kindOf(name, bytes) === 'PNG') {
    const { image, exif } = decodePng(name, bytes);
    return upright(image, exifOrientation(exif));
  }
  const header = parseJpegHeader(name, bytes);
  return upright(await decodeJpeg(name, bytes, header), exifOrientation(header.exif));
}

function kindOf(file: string, bytes: Buffer): 'PNG' | 'JPEG' {
  if (bytes.length === 0) {
    throw new MicronnError('IMAGE_KIND', 'expected a PNG or JPEG, got an empty file', { file });
  }
  const start = bytes.toString('latin1', 0, 512);
  if ('\x89PNG\r\n\x1a\n'.startsWith(start.slice(0, 8))) return 'PNG';
  if ('\xff\xd8\xff'.startsWith(start.slice(0, 3))) return 'JPEG';
  const [kind] = otherKinds.find(([, begin]) => begin.test(start)) ?? [];
  throw new MicronnError(
    'IMAGE_KIND',
    kind === undefined
      ? 'expected a PNG or JPEG, got a file of an unknown type'
      : `expected a PNG or JPEG, got ${kind}: save it as PNG`,
    { file },
  );
}
