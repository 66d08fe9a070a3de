import { crc32 } from 'node:zlib';
import { crc32OfImages } from './images.ts';
import type { SampleSet } from './samples.ts';

const checksums = new WeakMap<SampleSet, number>();

/** The CRC-32 of images and labels; computed once for each set of samples, which must not change. */
export function checksum(samples: SampleSet): number {
  const known = checksums.get(samples);
  if (known !== undefined) return known;
  const sum = crc32(samples.labels, crc32OfImages(samples));
  checksums.set(samples, sum);
  return sum;
}

/** Identifies samples: their count, their size, and their checksum. */
export function fingerprint(samples: SampleSet): string {
  const sum = checksum(samples).toString(16).padStart(8, '0');
  return `${samples.count} × ${samples.inputs} (crc32 ${sum})`;
}

/** The count of samples that a text begins with, if it begins with a fingerprint. */
export function countIn(text: string): number | undefined {
  const count = /^(\d+) × /.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}
