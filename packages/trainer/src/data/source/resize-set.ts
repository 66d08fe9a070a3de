import { byteOf, type PixelRange, rangeOf } from '@micronn/core/data';
import { resample } from '@micronn/core/digit';
import { withImages } from '../images.ts';
import { sharedBytes } from '../samples.ts';
import type { RawSet, ReadingOptions } from '../source.ts';

/**
 * Resamples the images of a set to the size of the options, if they have one and the set has another. Numbers whose
 * range is known become bytes first, so that none is lost to rounding.
 */
export function resized(set: RawSet, { size, pixelScale }: ReadingOptions): RawSet {
  const { count, width, height } = set;
  if (!size || (size.width === width && size.height === height)) return set;
  const inputs = width * height;
  const outputs = size.width * size.height;
  const images = sharedBytes(count * outputs);
  const range = set.range ? undefined : rangeOfBytes(set, pixelScale);
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    range ? byteOf(Math.min(value, range.high), range) : value,
  );
  withImages({ images: set.images, inputs }, (read) => {
    const image = new Uint8Array(inputs);
    for (let i = 0; i < count; i++) {
      read(image, i);
      for (let k = 0; k < inputs; k++) image[k] = table[image[k]!]!;
      images.set(resample(image, width, height, size.width, size.height), i * outputs);
    }
  });
  return {
    ...set,
    ...size,
    images,
    ...(range && { range }),
    told: [...set.told, `${width} × ${height} resampled`],
  };
}

/** The range of a set's own numbers; undefined if it is open, or does not hold them: the error for that comes later. */
function rangeOfBytes(set: RawSet, pixelScale: PixelRange | undefined): PixelRange | undefined {
  const most = largest(set);
  const range = pixelScale ?? rangeOf({ least: 0, most, whole: true });
  return range && range.low === 0 && most <= range.high ? range : undefined;
}

function largest({ images, count, width, height }: RawSet): number {
  const inputs = width * height;
  const image = new Uint8Array(inputs);
  let most = 0;
  withImages({ images, inputs }, (read) => {
    for (let i = 0; i < count && most < 255; i++) {
      read(image, i);
      for (const value of image) if (value > most) most = value;
    }
  });
  return most;
}
