import { byteText, memoryRefused } from '../../memory-refused.ts';
import type { RowTarget } from './row-reader.ts';

/** Rows whose number is not known before the last is read, in shared memory that grows in its place. */
export interface GrowingRows {
  /** Makes room for more rows. Returns the buffers, which are the same, and their number of rows. */
  grow(this: void): { target: RowTarget; rows: number };
}

const ROWS_AT_ONCE = 4096;
/** Addresses for as many bytes are reserved, and memory only for those that are used; fewer where there are not so many. */
const RESERVED = [2 ** 34, 2 ** 32, 2 ** 30, 2 ** 28, 2 ** 26];
const LABEL_BYTES = 2;

export function createGrowingRows(inputs: number): GrowingRows {
  const images = reserved(1);
  const labels = reserved(LABEL_BYTES / inputs);
  let rows = 0;
  return {
    grow() {
      rows += ROWS_AT_ONCE;
      try {
        images.grow(rows * inputs);
        labels.grow(rows * LABEL_BYTES);
      } catch (cause) {
        throw memoryRefused(
          cause as Error,
          `the samples need more than ${byteText((rows - ROWS_AT_ONCE) * inputs)}`,
        );
      }
      return { target: { images: new Uint8Array(images), labels: new Uint16Array(labels) }, rows };
    },
  };
}

function reserved(share: number): SharedArrayBuffer {
  for (const bytes of RESERVED) {
    try {
      return new SharedArrayBuffer(0, { maxByteLength: Math.max(2 ** 20, Math.ceil(bytes * share)) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw memoryRefused(
    new RangeError('no addresses'),
    `the samples need ${byteText(RESERVED.at(-1)!)} of addresses`,
  );
}
