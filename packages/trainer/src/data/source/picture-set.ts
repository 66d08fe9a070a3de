import { setImmediate } from 'node:timers/promises';
import { BYTES } from '@micronn/core/data';
import { MOST_INPUTS } from '@micronn/core/kernels';
import { MicronnError } from '../../errors.ts';
import { sharedBytes } from '../samples.ts';
import type { RawLabels, RawSet } from '../source.ts';
import { createProgress } from '../table/progress.ts';
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

/** Images that are decoded before signals are looked at, such as that of Ctrl-C. */
const AT_ONCE = 256;

/** Images for which there is room at first: a Parquet file may claim any number of rows. */
const FIRST_ROOM = 8192;

/**
 * Decodes images of one size.
 *
 * @param name the folder or file, for an error
 * @param count how many there should be
 * @throws MicronnError when one is damaged, or two differ in size
 */
export async function readPictures(
  name: string,
  count: number,
  pictures: AsyncIterable<EncodedPicture>,
  reading: Reading,
): Promise<Pick<RawSet, 'count' | 'width' | 'height' | 'images' | 'range' | 'labels'>> {
  const progress = createProgress(reading.load.progress);
  const collector = createLabelCollector(name);
  let images = sharedBytes(0);
  let first: NamedPicture | undefined;
  let next = 0;
  let labelled = 0;
  for await (const { name: file, label, bytes } of pictures) {
    if (next % AT_ONCE === 0) {
      await setImmediate();
      progress(next / count);
    }
    assertGoesOn(reading, name);
    const picture = await decodePicture(bytes, file, reading.options);
    if (first) assertSameSize(picture, file, first);
    else first = { ...picture, name: file };
    const { length } = picture.pixels;
    if (next * length === images.length) {
      assertSmall(first);
      images = copied(images, Math.min(count, Math.max(FIRST_ROOM, 2 * next)) * length);
    }
    images.set(picture.pixels, next++ * length);
    if (label === undefined) continue;
    labelled++;
    collector.add(label);
  }
  if (!first || next !== count) throw new Error(`expected ${count} images, got ${next}`);
  const labels: RawLabels | undefined = labelled === count ? collector.labels() : undefined;
  const { width, height } = first;
  return { count, width, height, images, range: BYTES, ...(labels && { labels }) };
}

interface NamedPicture extends Picture {
  readonly name: string;
}

/** The same bytes, with room for more. */
function copied(bytes: Uint8Array, length: number): Uint8Array {
  const larger = sharedBytes(length);
  larger.set(bytes);
  return larger;
}

function assertSmall({ width, height, name }: NamedPicture): void {
  if (width * height <= MOST_INPUTS) return;
  throw new MicronnError(
    'DATA_SIZES',
    `expected images of at most ${MOST_INPUTS} pixels, got ${width} × ${height}: bring all to one size with --size 28x28, for example`,
    { file: name },
  );
}

function assertSameSize({ width, height }: Picture, file: string, first: NamedPicture): void {
  if (width === first.width && height === first.height) return;
  throw new MicronnError(
    'DATA_SIZES',
    `the image is ${width} × ${height}, but ${first.name} is ${first.width} × ${first.height}: bring all to one size with --size ${first.width}x${first.height}, for example`,
    { file },
  );
}
