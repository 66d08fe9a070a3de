import { BYTES } from '@micronn/core/data';
import { MOST_INPUTS } from '@micronn/core/kernels';
import { MicronnError } from '../../errors.ts';
import { sharedBytes } from '../samples.ts';
import type { RawLabels, RawSet } from '../source.ts';
import { decodePicture, type Picture } from './decode-picture.ts';
import { createLabelCollector } from './labels.ts';
import { assertGoesOn, type Reading } from './reading-context.ts';

/** The bytes of an encoded image, its name and its label. */
export interface EncodedPicture {
  readonly name: string;
  readonly label?: string;
  readonly bytes: Buffer;
}

/** Larger than any file of a small image; a larger one is refused before it is read. */
export const MOST_PICTURE_BYTES = 2 ** 26;

/**
 * Decodes images of one size.
 *
 * @param name the folder or file, for an error
 * @param count how many there are
 * @throws MicronnError when one is damaged, or two differ in size
 */
export async function readPictures(
  name: string,
  count: number,
  pictures: AsyncIterable<EncodedPicture>,
  reading: Reading,
): Promise<Pick<RawSet, 'count' | 'width' | 'height' | 'images' | 'range' | 'labels'>> {
  const collector = createLabelCollector(name, count);
  let images: Uint8Array | undefined;
  let first: (Picture & { readonly name: string }) | undefined;
  let next = 0;
  let labelled = 0;
  for await (const { name: file, label, bytes } of pictures) {
    assertGoesOn(reading, name);
    const picture = await decodePicture(bytes, file, reading.options);
    if (!first || !images) {
      first = { ...picture, name: file };
      images = roomFor(count, first);
    }
    assertSameSize(picture, file, first);
    images.set(picture.pixels, next++ * picture.pixels.length);
    if (label === undefined) continue;
    labelled++;
    collector.add(label);
  }
  if (!first || !images || next !== count) throw new Error(`expected ${count} images, got ${next}`);
  const labels: RawLabels | undefined = labelled === count ? collector.labels() : undefined;
  const { width, height } = first;
  return { count, width, height, images, range: BYTES, ...(labels && { labels }) };
}

function roomFor(count: number, { width, height, name }: Picture & { readonly name: string }): Uint8Array {
  if (width * height > MOST_INPUTS) {
    throw new MicronnError(
      'DATA_SIZES',
      `expected images of at most ${MOST_INPUTS} pixels, got ${width} × ${height}: bring all to one size with --size 28x28, for example`,
      { file: name },
    );
  }
  return sharedBytes(count * width * height);
}

function assertSameSize(
  { width, height }: Picture,
  file: string,
  first: Picture & { readonly name: string },
): void {
  if (width === first.width && height === first.height) return;
  throw new MicronnError(
    'DATA_SIZES',
    `the image is ${width} × ${height}, but ${first.name} is ${first.width} × ${first.height}: bring all to one size with --size ${first.width}x${first.height}, for example`,
    { file },
  );
}
