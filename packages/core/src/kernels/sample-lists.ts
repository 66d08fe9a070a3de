/**
 * Images as lists of what is not 0 in them, which the first layer walks, segment by segment. Sample i's list takes the
 * words (u16) starts[i] to starts[i + 1]. It begins with a word for each segment, and one more: how many entries stand
 * before it; the entries follow.
 *
 * Where the first layer's W is kept by patches, an entry is 6 bytes: which patch, in the order of W (u16), and the bytes
 * of its four pixels. Patches of four zeros are left out.
 *
 * Where it is kept in rows, an entry takes 2 bytes: first come n steps (u8), then n values (u8). A step is the number of
 * rows (see rowOf in layout.ts) from the entry before, or from the segment's first row; an entry of value 0 stands where
 * a step would be above 255.
 */
import { type KernelLayout, PATCH, patchInputs, segmentRows } from './layout.ts';

/** Bytes of an entry of a pixel: step and value. */
export const PIXEL_BYTES = 2;
/** What must be free behind the last list, as more of a list is asked for than it may have. */
export const LIST_SLACK_BYTES = 512;
const LARGEST_STEP = 255;

/** One of the two forms of a list, for these images. */
interface ListForm {
  /** Bytes of an entry. */
  readonly entryBytes: number;
  /** How many entries image i has in a segment. */
  count(i: number, segment: number): number;
  /**
   * Writes the entries of image i's segment, of which `before` of the list's n stand before them, into the list from
   * byte `at` on, where its entries begin. Gives how many are written up to here.
   */
  write(i: number, segment: number, bytes: Uint8Array, at: number, n: number, before: number): number;
}

function formOf(images: Uint8Array, layout: KernelLayout): ListForm {
  return layout.layers[0]!.patchBytes > 0 ? byPatches(images, layout) : byPixels(images, layout);
}

/** Writes the number of words of each list of the images [from … to) into counts[i + 1]. */
export function countWordsInto(
  counts: Uint32Array,
  images: Uint8Array,
  layout: KernelLayout,
  from: number,
  to: number,
): void {
  const { segments } = layout;
  const form = formOf(images, layout);
  for (let i = from; i < to; i++) {
    let entries = 0;
    for (let segment = 0; segment < segments; segment++) entries += form.count(i, segment);
    counts[i + 1] = segments + 1 + (entries * form.entryBytes) / 2;
  }
}

/** Turns counts into starts, in place: each the sum of those before it. Gives the number of all words. */
export function accumulateStarts(starts: Uint32Array): number {
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return starts.at(-1)!;
}

/** Writes the lists of the images [from … to) to where their `starts` say. */
export function writeListsInto(
  lists: Uint16Array,
  starts: Uint32Array,
  images: Uint8Array,
  layout: KernelLayout,
  from: number,
  to: number,
): void {
  const { segments } = layout;
  const bytes = new Uint8Array(lists.buffer, lists.byteOffset, lists.byteLength);
  const form = formOf(images, layout);
  for (let i = from; i < to; i++) {
    const start = starts[i]!;
    const first = start + segments + 1;
    const n = (2 * (starts[i + 1]! - first)) / form.entryBytes;
    let written = 0;
    for (let segment = 0; segment < segments; segment++) {
      lists[start + segment] = written;
      written = form.write(i, segment, bytes, 2 * first, n, written);
    }
    lists[start + segments] = written;
  }
}

function byPatches(images: Uint8Array, layout: KernelLayout): ListForm {
  const entryBytes = 2 + PATCH;
  const size = layout.sizes[0]!;
  const inputs = patchInputs(layout);
  const rows = segmentRows(layout);
  const pixel = (i: number, k: number): number => {
    const j = inputs[k]!;
    return j < 0 ? 0 : images[i * size + j]!;
  };
  const isEmpty = (i: number, patch: number): boolean => {
    for (let k = PATCH * patch; k < PATCH * (patch + 1); k++) if (pixel(i, k) !== 0) return false;
    return true;
  };
  return {
    entryBytes,
    count(i, segment) {
      let entries = 0;
      for (let patch = rows[segment]!; patch < rows[segment + 1]!; patch++) if (!isEmpty(i, patch)) entries++;
      return entries;
    },
    write(i, segment, bytes, at, _n, before) {
      let written = before;
      for (let patch = rows[segment]!; patch < rows[segment + 1]!; patch++) {
        if (isEmpty(i, patch)) continue;
        const entry = at + entryBytes * written;
        bytes[entry] = patch & 255;
        bytes[entry + 1] = patch >> 8;
        for (let lane = 0; lane < PATCH; lane++) bytes[entry + 2 + lane] = pixel(i, PATCH * patch + lane);
        written++;
      }
      return written;
    },
  };
}

function byPixels(images: Uint8Array, { sizes, segments }: KernelLayout): ListForm {
  const size = sizes[0]!;
  const visit = (i: number, segment: number, write: (step: number, value: number) => void): void => {
    let row = 0;
    let last = 0;
    for (let p = segment; p < size; p += segments, row++) {
      const value = images[i * size + p]!;
      if (value === 0) continue;
      for (; row - last > LARGEST_STEP; last += LARGEST_STEP) write(LARGEST_STEP, 0);
      write(row - last, value);
      last = row;
    }
  };
  return {
    entryBytes: PIXEL_BYTES,
    count(i, segment) {
      let entries = 0;
      visit(i, segment, () => {
        entries++;
      });
      return entries;
    },
    write(i, segment, bytes, at, n, before) {
      let written = before;
      visit(i, segment, (step, value) => {
        bytes[at + written] = step;
        bytes[at + n + written] = value;
        written++;
      });
      return written;
    },
  };
}
