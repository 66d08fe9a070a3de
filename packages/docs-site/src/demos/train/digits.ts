import type { Samples } from '../../desk/worker/messages.ts';

/** The file of digits that the page fetches. */
export interface DigitFile {
  readonly address: string;
  readonly bytes: number;
  /** Number of training and of test images. */
  readonly train: number;
  readonly test: number;
}

/** The digits of the page: a training set and a test set. */
export interface Digits {
  readonly train: Samples;
  readonly test: Samples;
}

const PIXELS = 784;

/** Fetches the file, unpacks it and splits it. */
export async function fetchDigits(file: DigitFile): Promise<Digits> {
  const response = await fetch(file.address);
  if (!response.ok || !response.body) throw new Error(`could not load the digits: HTTP ${response.status}`);
  const whole = new Response(response.body.pipeThrough(new DecompressionStream('gzip')));
  return splitDigits(new Uint8Array(await whole.arrayBuffer()), file.train);
}

/** Splits the page's file of digits, a byte for each label and 784 for each image, into its two sets. */
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
