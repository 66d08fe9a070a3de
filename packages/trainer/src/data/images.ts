import { crc32 } from 'node:zlib';
import { imagesIn, type ReadImages } from '@micronn/core/shared-memory';
import { withBytes } from './file-bytes.ts';
import { type SampleSet, type Samples, sharedBytes } from './samples.ts';

/** Bytes that are read at a time: few enough to stay in the cache. */
const BLOCK_BYTES = 1 << 18;

/**
 * Calls `use` with the means to read the images of a set, from memory or from their file.
 *
 * @throws MicronnError (exit code 3) when the file cannot be read, or is not the same as before
 */
export function withImages<Result>(
  { images, inputs }: Pick<SampleSet, 'images' | 'inputs'>,
  use: (read: ReadImages) => Result,
): Result {
  if (images instanceof Uint8Array) return use(imagesIn(images, inputs));
  return withBytes(images, (read) => use((target, from) => read(target, from * inputs)));
}

const sums = new WeakMap<Uint8Array, number>();

/** The CRC-32 of images in memory, which must not change; computed once. */
export function crc32OfBytes(images: Uint8Array): number {
  const known = sums.get(images);
  if (known !== undefined) return known;
  const sum = crc32(images);
  sums.set(images, sum);
  return sum;
}

/** The CRC-32 of all images. */
export function crc32OfImages({ images, count, inputs }: Omit<SampleSet, 'labels'>): number {
  if (images instanceof Uint8Array) return crc32OfBytes(images);
  return withBytes(images, (read) => {
    const length = count * inputs;
    const block = new Uint8Array(Math.min(BLOCK_BYTES, length));
    let sum = 0;
    for (let at = 0; at < length; at += block.length) {
      const part = block.subarray(0, Math.min(block.length, length - at));
      read(part, at);
      sum = crc32(part, sum);
    }
    return sum;
  });
}

/** The pixels of one image. */
export function readImage(set: SampleSet, place: number): Uint8Array {
  const pixels = new Uint8Array(set.inputs);
  withImages(set, (read) => read(pixels, place));
  return pixels;
}

/** The same samples, with their images in shared memory. */
export function inMemory(set: SampleSet): Samples {
  const { images, count, inputs } = set;
  if (images instanceof Uint8Array) return { ...set, images };
  const pixels = sharedBytes(count * inputs);
  withImages(set, (read) => read(pixels, 0));
  return { ...set, images: pixels };
}
