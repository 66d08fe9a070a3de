import { resample, toGrey } from '@micronn/core/digit';
import { MicronnError } from '../../errors.ts';
import type { ImageSize, ReadingOptions } from '../source.ts';

/** A grey image. */
export interface Picture extends ImageSize {
  /** height × width bytes, row-major. */
  readonly pixels: Uint8Array;
}

/**
 * Decodes a PNG or JPEG file to grey, and resamples it to the size of the options, if they have one.
 *
 * @throws MicronnError when it is damaged, or in colour and colours are refused
 */
export async function decodePicture(
  bytes: Buffer,
  name: string,
  { colours, size }: ReadingOptions,
): Promise<Picture> {
  // Few data sets are images: the decoder is loaded on demand.
  const { decodeImage } = await import('../../images/read-image.ts');
  const { width, height, rgba } = await decodeImage(bytes, name);
  if (colours === 'refuse' && hasColour(rgba)) {
    throw new MicronnError('IMAGE_COLOUR', 'expected a grey image, got one in colour', { file: name });
  }
  const grey = toGrey(rgba);
  if (!size || (size.width === width && size.height === height)) return { width, height, pixels: grey };
  return { ...size, pixels: resample(grey, width, height, size.width, size.height) };
}

function hasColour(rgba: Uint8Array): boolean {
  for (let k = 0; k < rgba.length; k += 4) {
    if (rgba[k] !== rgba[k + 1] || rgba[k] !== rgba[k + 2]) return true;
  }
  return false;
}
