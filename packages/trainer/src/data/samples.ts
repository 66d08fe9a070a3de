import type { Labels } from '@micronn/core/shared-memory';
import { byteText, isMemoryRefused, memoryRefused } from '../memory-refused.ts';
import type { FileBytes } from './file-bytes.ts';

/** Labelled images. */
export interface SampleSet {
  readonly count: number;
  /** Values per image, D. */
  readonly inputs: number;
  /** count × inputs bytes, row-major: in shared memory, or in an uncompressed file. See images.ts. */
  readonly images: Uint8Array | FileBytes;
  /** count classes from 0 to C − 1, in shared memory: bytes, or words if C is above 256. */
  readonly labels: Labels;
}

/** Labelled images as bytes in shared memory: written once, at load, and then only read. */
export interface Samples extends SampleSet {
  readonly images: Uint8Array;
}

/** Digits: the labels of every data set are 0 to 9. */
export const CLASSES = 10;

/** The side of an MNIST image, and the number of its pixels. */
export const IMAGE_SIDE = 28;
export const PIXELS = IMAGE_SIDE * IMAGE_SIDE;

/**
 * Bytes in shared memory, which workers access without a copy.
 *
 * @throws MicronnError (exit code 3) when the system refuses the memory
 */
export function sharedBytes(length: number): Uint8Array {
  try {
    return new Uint8Array(new SharedArrayBuffer(length));
  } catch (cause) {
    if (!isMemoryRefused(cause)) throw cause;
    throw memoryRefused(cause, `the samples need ${byteText(length)}`);
  }
}

/** The indices of all samples, in order. */
export function allPlaces({ count }: Pick<SampleSet, 'count'>): Uint32Array {
  return new Uint32Array(count).map((_, i) => i);
}
