import { gzipSync } from 'node:zlib';
import { readMnist, type Samples } from '@micronn/fixtures/node';

/** The number of MNIST's training and test images that a page uses. */
export const subsetCounts = { train: 10_000, test: 2000 } as const;

const TEST_IMAGES = 10_000;
const PIXELS = 784;

let packed: Uint8Array<ArrayBuffer> | undefined;

/**
 * The digits of a page: MNIST's first training images, and every fifth test image, as the first half of the test set
 * is easier. A byte for each label, then 784 for each image, training images first.
 */
export function unpackedSubset(): Uint8Array<ArrayBuffer> {
  const train = readMnist('train', 0, subsetCounts.train);
  const test = everyNth(readMnist('test', 0, TEST_IMAGES), TEST_IMAGES / subsetCounts.test);
  return new Uint8Array(Buffer.concat([train.labels, test.labels, train.images, test.images]));
}

/** The same digits gzipped, as the page fetches them. */
export function mnistSubset(): Uint8Array<ArrayBuffer> {
  packed ??= new Uint8Array(gzipSync(unpackedSubset(), { level: 9 }));
  return packed;
}

function everyNth({ images, labels }: Samples, n: number): Samples {
  const places = Array.from({ length: Math.floor(labels.length / n) }, (_, k) => k * n);
  return {
    labels: Uint8Array.from(places, (i) => labels[i]!),
    images: Buffer.concat(places.map((i) => images.subarray(PIXELS * i, PIXELS * (i + 1)))),
  };
}
