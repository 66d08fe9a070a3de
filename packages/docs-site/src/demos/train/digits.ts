import type { Samples } from '../../desk/worker/messages.ts';

/** The digits of the page: those to train on, and those to test with. */
export interface Digits {
  readonly train: Samples;
  readonly test: Samples;
}

const PIXELS = 784;

/** Cuts the page's file of digits, a byte for each label and 784 for each image, into its two sets. */
export function splitDigits(bytes: Uint8Array, trainCount: number): Digits {
  const count = bytes.length / (PIXELS + 1);
  if (!Number.isInteger(count) || count <= trainCount) {
    throw new RangeError(
      `digits: expected more than ${trainCount} samples of ${PIXELS + 1} bytes, got ${bytes.length} bytes`,
    );
  }
  const images = bytes.subarray(count);
  return {
    train: {
      labels: bytes.slice(0, trainCount),
      images: images.slice(0, PIXELS * trainCount),
    },
    test: { labels: bytes.slice(trainCount, count), images: images.slice(PIXELS * trainCount) },
  };
}
