import { crc32 } from 'node:zlib';
import type { Samples } from './samples.ts';

/** What samples are, in a few words that change when they do: how many, how large, and CRC-32 of images and labels. */
export function fingerprint({ count, inputs, images, labels }: Samples): string {
  const sum = crc32(labels, crc32(images)).toString(16).padStart(8, '0');
  return `${count} × ${inputs} (crc32 ${sum})`;
}
