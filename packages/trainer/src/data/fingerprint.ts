import { crc32 } from 'node:zlib';
import { crc32OfImages } from './images.ts';
import type { SampleSet } from './samples.ts';

/** Identifies samples: their count, their size, and the CRC-32 of images and labels. */
export function fingerprint(set: SampleSet): string {
  const sum = crc32(set.labels, crc32OfImages(set)).toString(16).padStart(8, '0');
  return `${set.count} × ${set.inputs} (crc32 ${sum})`;
}

/** The count of samples that a text begins with, if it begins with a fingerprint. */
export function countIn(text: string): number | undefined {
  const count = /^(\d+) × /.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}
