/**
 * Images as lists of what is not 0 in them, which the first layer walks.
 *
 * With the strategy `data`, a sample has one list, of all rows. With `rows`, it has a list for each segment, or pair of
 * segments where W is kept in patches; and they lie in ranges by the workers that own them: a worker asks for memory all
 * over its range, and for nothing else. List p of image i takes the words (u16) starts[i·perSample + p] to
 * starts[i·perSample + p + 1], counted from the range's starts on.
 *
 * Where the first layer's W is kept in patches, a list has 6 bytes for each patch that is not four zeros: its number, in
 * the order of W (u16), and the bytes of its four pixels.
 *
 * Where W is kept in rows, a list of n pixels has n steps (u8), then n values (u8). A step is the number of rows (see
 * rowOf in layout.ts) from the pixel before, or from the list's first row; a pixel of value 0 stands where a step would be
 * above 255.
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

/** What must be free behind the last list, as more of a list is asked for than it may have. */
export const LIST_SLACK_BYTES = 512;
const LARGEST_STEP = 255;
/** Words of a patch in a list: its number, and two pixels each. */
const PATCH_WORDS = 3;

/** Lists that lie together. */
interface ListRange {
  /** The segments that they hold: [first … end). */
  readonly first: number;
  readonly end: number;
  /** Number of lists of a sample. */
  readonly perSample: number;
  /** Number of lists of a sample in the ranges before. */
  readonly listsBefore: number;
  /** The first row, or patch, of each list, and where the last one ends. */
  readonly rows: readonly number[];
}

/** How a run's lists are laid out. */
export interface ListLayout {
  readonly layout: KernelLayout;
  readonly ranges: readonly ListRange[];
}

/** Lays a run's lists out; with `rows`, as many ranges as there are workers that share no pair of segments. */
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

/** How many `starts` so many samples have: one for each list, range after range, and one more. */
export function startsCount({ ranges }: ListLayout, samples: number): number {
  const last = ranges.at(-1)!;
  return samples * (last.listsBefore + last.perSample) + 1;
}

/** The lists of a set of images: what makes them, on one thread or many. */
export interface ListTask {
  readonly images: Uint8Array;
  readonly lists: ListLayout;
  /** See `startsCount`. */
  readonly starts: Uint32Array;
  /** Where the lists go; left out while their words are counted. */
  readonly words?: Uint16Array;
}

/**
 * Makes the lists of the images [from … to): without `words`, writes the number of words of each list to one place behind
 * its own in `starts`, which `accumulateStarts` turns into starts; with `words`, writes the lists to these.
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
        if (words) make(i, first, end, words, starts[place]!, starts[place + 1]! - starts[place]!);
        else starts[place + 1] = make(i, first, end);
      }
    }
  }
}

/** Turns counts into starts, in place: each the sum of those before it. Gives the number of all words. */
export function accumulateStarts(starts: Uint32Array): number {
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return starts.at(-1)!;
}

/**
 * One of the two forms of a list, for these images: gives the number of words of image i's list of the rows
 * [first … end), and where there are words to write to, writes it to place `at`; `count` is then what it gave before.
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
