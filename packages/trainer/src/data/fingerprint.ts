import { crc32 } from 'node:zlib';
import type { ReadImages } from '@micronn/core/shared-memory';
import { crc32OfImages } from './images.ts';
import type { SampleSet } from './samples.ts';

const checksums = new WeakMap<SampleSet, number>();

/** The CRC-32 of images and labels; computed once for each set of samples, which must not change. */
function checksum(samples: SampleSet): number {
  const known = checksums.get(samples);
  if (known !== undefined) return known;
  const sum = crc32(samples.labels, crc32OfImages(samples));
  checksums.set(samples, sum);
  return sum;
}

/**
 * Computes the checksum while all images are read in order, which saves reading them once more.
 *
 * @returns `read`, which also keeps the checksum of what it reads
 */
export function checksumWhileReading(samples: SampleSet, read: ReadImages): ReadImages {
  const { count, inputs, labels } = samples;
  if (checksums.has(samples)) return read;
  let sum = 0;
  let next = 0;
  return (target, from) => {
    read(target, from);
    // After a gap, the checksum is computed when it is needed.
    if (from !== next) return;
    sum = crc32(target, sum);
    next += target.length / inputs;
    if (next === count) checksums.set(samples, crc32(labels, sum));
  };
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
