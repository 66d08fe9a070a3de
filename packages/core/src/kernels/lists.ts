/**
 * Images as lists of their non-zero inputs, which the first layer reads.
 *
 * With the strategy `data`, a sample has one list, of all rows. With `rows`, it has a list for each segment or, if W
 * is kept in patches, for each pair of segments. The lists of the segments that one worker owns lie together in a
 * range, so that the worker's memory accesses stay within its range. List p of image i has the words (u16)
 * starts[i·perSample + p] to starts[i·perSample + p + 1], where `starts` are those of the range.
 *
 * If the first layer's W is kept in patches, a list has 6 bytes for each patch with a non-zero pixel: the patch's
 * number, in the order of W (u16), and the bytes of its four pixels.
 *
 * If W is kept in rows, a list of n pixels has n steps (u8), then n values (u8). A step is the number of rows (see
 * rowOf in layout.ts) from the pixel before, or from the list's first row. Where a step would be above 255, the list
 * has an additional pixel of value 0.
 */
import { createKernelMemory, instantiateKernels, KERNEL_BYTES } from './compile.ts';
import {
  type KernelLayout,
  LINE,
  type ParallelStrategy,
  segmentBounds,
  segmentRows,
  squareSide,
} from './layout.ts';

/** Free bytes behind the last list: the kernels prefetch a fixed number of bytes, which may be more than a list has. */
export const LIST_SLACK_BYTES = 512;
/** Bytes of images that are read together: few enough to stay in the cache with their lists. */
const BLOCK_BYTES = 131_072;
/** Bytes behind a block of images, or an image's patches, that the kernel may access. */
const BLOCK_SLACK_BYTES = 64;
/** Words of a patch in a list: one for its number, and one for every two pixels. */
const PATCH_WORDS = 3;

/** A range of lists that lie together. */
interface ListRange {
  /** The segments of the lists: [first … end). */
  readonly first: number;
  readonly end: number;
  /** Number of lists per sample. */
  readonly perSample: number;
  /** Number of lists per sample in the ranges before this one. */
  readonly listsBefore: number;
  /** Number of segments of a list; the last list may have fewer. */
  readonly segmentsPerList: number;
}

/** How a run's lists are laid out. */
export interface ListLayout {
  readonly layout: KernelLayout;
  readonly ranges: readonly ListRange[];
}

/**
 * Lays out a run's lists. With `rows`, each worker's segments are a range; workers that share a pair of segments
 * share a range.
 */
export function layoutLists(layout: KernelLayout, parallel: ParallelStrategy, workers: number): ListLayout {
  const { shards } = layout;
  if (parallel === 'data') {
    const all = { first: 0, end: shards, perSample: 1, listsBefore: 0, segmentsPerList: shards };
    return { layout, ranges: [all] };
  }
  const segmentsPerList = isByPatches(layout) ? 2 : 1;
  const ranges: ListRange[] = [];
  let first = 0;
  let listsBefore = 0;
  for (const end of segmentBounds(shards, workers)) {
    if (end === first || (end % 2 === 1 && end < shards)) continue;
    const perSample = Math.ceil((end - first) / segmentsPerList);
    ranges.push({ first, end, perSample, listsBefore, segmentsPerList });
    first = end;
    listsBefore += perSample;
  }
  return { layout, ranges };
}

function isByPatches({ layers }: KernelLayout): boolean {
  return layers[0]!.patchBytes > 0;
}

/** The number of `starts` of so many samples: one for each list, range after range, and one for the end. */
export function startsCount({ ranges }: ListLayout, samples: number): number {
  const last = ranges.at(-1)!;
  return samples * (last.listsBefore + last.perSample) + 1;
}

/** Reads images, from number `from` on, into `target`, whose length is that of one or more images. */
export type ReadImages = (target: Uint8Array, from: number) => void;

/** Reads images of D bytes that lie one after another in memory. */
export function imagesIn(bytes: Uint8Array, inputs: number): ReadImages {
  return (target, from) => target.set(bytes.subarray(from * inputs, from * inputs + target.length));
}

/** What `makeLists` needs to make the lists of a set of images, on one thread or many. */
export interface ListTask {
  /** The kernels, compiled for memory that is `shared` or not. */
  readonly module: WebAssembly.Module;
  readonly shared: boolean;
  readonly lists: ListLayout;
  /** See `startsCount`. */
  readonly starts: Uint32Array;
  /** Where the lists are written; left out to count their words. */
  readonly words?: Uint16Array;
}

/**
 * Makes the lists of the images [from … to). Without `words`, writes the number of words of each list into `starts`,
 * one place behind the list's own, so that `accumulateStarts` can turn the numbers into starts. With `words`,
 * writes the lists there. Threads may call this at the same time for ranges that do not overlap.
 *
 * The images are read in blocks into a small memory, which the calling thread alone uses, so they never all lie in
 * memory.
 *
 * @throws Error when a list differs in length from the one that was counted; it is not written
 */
export function makeLists(task: ListTask, read: ReadImages, from: number, to: number): void {
  const { lists, starts, words } = task;
  const { layout, ranges } = lists;
  const { shards, sizes } = layout;
  const size = sizes[0]!;
  const count = (starts.length - 1) / (startsCount(lists, 1) - 1);
  const form = formOf(layout);
  const firstRows = segmentRows(layout);
  const rows = firstRows.at(-1)!;
  const atOnce = Math.max(1, Math.min(to - from, Math.floor(BLOCK_BYTES / size)));
  let end = KERNEL_BYTES;
  const place = (bytes: number): number => {
    const address = end;
    end = LINE * Math.ceil((end + bytes) / LINE);
    return address;
  };
  const images = place(size * atOnce + BLOCK_SLACK_BYTES);
  const rowsAt = place(4 * firstRows.length);
  const mask = place(8 * Math.ceil(rows / 64));
  const patches = place(form === PIXELS ? 0 : 4 * rows + BLOCK_SLACK_BYTES);
  const counts = place(4 * Math.max(...ranges.map(({ perSample }) => perSample)) * atOnce);
  const listsAt = place(2 * rows * (form === PIXELS ? 1 : PATCH_WORDS) * atOnce);
  const memory = createKernelMemory(end, { shared: task.shared });
  const { buffer } = memory;
  const kernels = instantiateKernels(task.module, memory);
  new Uint32Array(buffer, rowsAt, firstRows.length).set(firstRows);
  for (let i = from; i < to; i += atOnce) {
    const n = Math.min(atOnce, to - i);
    read(new Uint8Array(buffer, images, size * n), i);
    for (const { first, end: last, perSample, segmentsPerList, listsBefore } of ranges) {
      kernels.makeLists(
        images,
        n,
        size,
        form,
        shards,
        rowsAt,
        first,
        last,
        segmentsPerList,
        mask,
        patches,
        counts,
        listsAt,
        words !== undefined,
      );
      const made = new Uint32Array(buffer, counts, perSample * n);
      const firstList = count * listsBefore + perSample * i;
      if (words) copyLists(words, starts, firstList, made, new Uint16Array(buffer, listsAt));
      else starts.set(made, firstList + 1);
    }
  }
}

/** The forms of a list, for the kernel: of pixels, of patches in a row, or of square patches in an image of this side. */
const PIXELS = 0;
const PATCHES_IN_A_ROW = 1;

function formOf(layout: KernelLayout): number {
  if (!isByPatches(layout)) return PIXELS;
  return squareSide(layout) ?? PATCHES_IN_A_ROW;
}

/** Copies lists that lie one after another to their places; the first of them is list number `first`. */
function copyLists(
  words: Uint16Array,
  starts: Uint32Array,
  first: number,
  counts: Uint32Array,
  made: Uint16Array,
): void {
  for (let k = 0; k < counts.length; k++) {
    if (starts[first + k]! + counts[k]! !== starts[first + k + 1])
      throw new Error('makeLists: the images changed after their lists were counted');
  }
  const start = starts[first]!;
  words.set(made.subarray(0, starts[first + counts.length]! - start), start);
}

/**
 * Turns numbers of words into starts, in place: each becomes the sum of those before it. Returns the number of all
 * words, which may exceed 32 bits; such lists fit into no memory, and their starts are wrong.
 */
export function accumulateStarts(starts: Uint32Array): number {
  let words = 0;
  for (let i = 1; i < starts.length; i++) {
    words += starts[i]!;
    starts[i] = words;
  }
  return words;
}
