import { gzipSync } from 'node:zlib';
import { readMnist, type Samples } from '@micronn/fixtures/node';

/** How many of MNIST's 60,000 training images a page trains on, and of its 10,000 test images it tests with. */
export const subsetCounts = { train: 10_000, test: 2000 } as const;

const TEST_IMAGES = 10_000;
const PIXELS = 784;

let packed: Uint8Array<ArrayBuffer> | undefined;

/**
 * The digits that a page trains and tests with: MNIST's first training images, and of its test images every fifth,
 * as their first half is the easier one. A byte for each label, then 784 for each image, training images first.
 */
export function unpackedSubset(): Uint8Array<ArrayBuffer> {
  const train = readMnist('train', 0, subsetCounts.train);
  const test = everyNth(readMnist('test', 0, TEST_IMAGES), TEST_IMAGES / subsetCounts.test);
  return new Uint8Array(Buffer.concat([train.labels, test.labels, train.images, test.images]));
}

/** The same, gzipped: as the page fetches it. */
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
