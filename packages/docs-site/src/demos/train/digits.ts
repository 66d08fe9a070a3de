import type { Samples } from '../../desk/worker/messages.ts';

/** The file of digits that the page fetches. */
export interface DigitFile {
  readonly address: string;
  readonly bytes: number;
  /** Number of training and of test images. */
  readonly train: number;
  readonly test: number;
}

/** The page's data set: MNIST's digits, or the reader's own. */
export interface Digits {
  readonly train: Samples;
  readonly test: Samples;
  readonly width: number;
  readonly height: number;
  /** What the classes are called, by output. */
  readonly names: readonly string[];
  /** What was understood of the reader's own data; undefined for MNIST. */
  readonly line?: string;
  /** Whether the test images were held back from the reader's training images. */
  readonly isHeldBack?: boolean;
}

const DIGIT_NAMES = Array.from({ length: 10 }, (_, digit) => String(digit));

/** Whether a network for the data reads drawn digits, as the other pages of the site have them. */
export function areDrawnDigits({ width, height, names }: Digits): boolean {
  return width === 28 && height === 28 && names.join() === DIGIT_NAMES.join();
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
    width: 28,
    height: 28,
    names: DIGIT_NAMES,
  };
}
