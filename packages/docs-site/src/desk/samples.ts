import type { Samples } from './worker/messages.ts';

const PIXELS = 784;

/** Labels and images of a file that has a byte for each label, then 784 for each image. */
export function parseSamples(bytes: Uint8Array): Samples {
  const count = bytes.length / (PIXELS + 1);
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(
      `digits: a file of whole samples has a multiple of ${PIXELS + 1} bytes, got ${bytes.length}`,
    );
  }
  return { labels: bytes.slice(0, count), images: bytes.slice(count) };
}
