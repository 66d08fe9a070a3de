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
