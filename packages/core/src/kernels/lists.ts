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
import {
  type KernelLayout,
  PATCH,
  type ParallelStrategy,
  patchInputs,
  rowInputs,
  segmentBounds,
  segmentRows,
} from './layout.ts';

/** Free bytes behind the last list: the kernels prefetch a fixed number of bytes, which may be more than a list has. */
export const LIST_SLACK_BYTES = 512;
const LARGEST_STEP = 255;
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
  /** The first row, or patch, of each list, then the end of the last one. */
  readonly rows: readonly number[];
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
  const rows = segmentRows(layout);
  if (parallel === 'data') {
    const all = { first: 0, end: shards, perSample: 1, listsBefore: 0, rows: [0, rows.at(-1)!] };
    return { layout, ranges: [all] };
  }
  const segmentsPerList = isByPatches(layout) ? 2 : 1;
  const ranges: ListRange[] = [];
  let first = 0;
  let listsBefore = 0;
  for (const end of segmentBounds(shards, workers)) {
    if (end === first || (end % 2 === 1 && end < shards)) continue;
    const perSample = Math.ceil((end - first) / segmentsPerList);
    const bounds = Array.from(
      { length: perSample + 1 },
      (_, list) => rows[Math.min(first + segmentsPerList * list, end)]!,
    );
    ranges.push({ first, end, perSample, listsBefore, rows: bounds });
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

/** What `makeLists` needs to make the lists of a set of images, on one thread or many. */
export interface ListTask {
  readonly images: Uint8Array;
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
 */
export function makeLists({ images, lists, starts, words }: ListTask, from: number, to: number): void {
  const { layout, ranges } = lists;
  const count = images.length / layout.sizes[0]!;
  const make = isByPatches(layout) ? byPatches(images, layout) : byPixels(images, layout);
  for (const { perSample, listsBefore, rows } of ranges) {
    for (let i = from; i < to; i++) {
      for (let list = 0; list < perSample; list++) {
        const place = count * listsBefore + i * perSample + list;
        const [first, end] = [rows[list]!, rows[list + 1]!];
        if (words) make(i, first, end, words, starts[place], starts[place + 1]! - starts[place]!);
        else starts[place + 1] = make(i, first, end);
      }
    }
  }
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

/**
 * One of the two forms of a list. Returns the number of words of image i's list of the rows [first … end), and with
 * `words`, writes the list there from place `at` on; `count` is then the number that an earlier call returned.
 */
type ListForm = (
  i: number,
  first: number,
  end: number,
  words?: Uint16Array,
  at?: number,
  count?: number,
) => number;

function byPatches(images: Uint8Array, layout: KernelLayout): ListForm {
  const size = layout.sizes[0]!;
  const inputs = patchInputs(layout);
  const pixel = (i: number, k: number): number => {
    const j = inputs[k]!;
    return j < 0 ? 0 : images[i * size + j]!;
  };
  const isEmpty = (i: number, patch: number): boolean => {
    for (let k = PATCH * patch; k < PATCH * (patch + 1); k++) if (pixel(i, k) !== 0) return false;
    return true;
  };
  return (i, first, end, words, at = 0) => {
    let next = at;
    for (let patch = first; patch < end; patch++) {
      if (isEmpty(i, patch)) continue;
      if (words) {
        const k = PATCH * patch;
        words[next] = patch;
        words[next + 1] = pixel(i, k) | (pixel(i, k + 1) << 8);
        words[next + 2] = pixel(i, k + 2) | (pixel(i, k + 3) << 8);
      }
      next += PATCH_WORDS;
    }
    return next - at;
  };
}

function byPixels(images: Uint8Array, layout: KernelLayout): ListForm {
  const size = layout.sizes[0]!;
  const inputs = rowInputs(layout);
  return (i, first, end, words, at = 0, count = 0) => {
    const bytes = words && new Uint8Array(words.buffer, words.byteOffset + 2 * at, 2 * count);
    let written = 0;
    const write = (step: number, value: number): void => {
      if (bytes) {
        bytes[written] = step;
        bytes[count + written] = value;
      }
      written++;
    };
    let last = first;
    for (let row = first; row < end; row++) {
      const value = images[i * size + inputs[row]!]!;
      if (value === 0) continue;
      for (; row - last > LARGEST_STEP; last += LARGEST_STEP) write(LARGEST_STEP, 0);
      write(row - last, value);
      last = row;
    }
    return written;
  };
}
