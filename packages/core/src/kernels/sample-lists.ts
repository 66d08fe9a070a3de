/**
 * Images as lists of what is not 0 in them, which the first layer walks, segment by segment.
 *
 * Segments are grouped by the workers they belong to. A group has lists of its own, one for each image, and those lie
 * together: a worker asks for memory all over its group's, and for nothing else. A list may be cut into pieces: piece p
 * of image i takes the words (u16) starts[i·pieces + p] to starts[i·pieces + p + 1], counted from the group's starts on.
 *
 * Where the first layer's W is kept by patches, two segments that are a pair share a piece. An entry is 6 bytes: which
 * patch, in the order of W (u16), and the bytes of its four pixels. Patches of four zeros are left out.
 *
 * Where it is kept in rows, each segment has a piece, of n entries of 2 bytes: first come n steps (u8), then n values (u8).
 * A step is the number of rows (see rowOf in layout.ts) from the entry before, or from the segment's first row; an entry of
 * value 0 stands where a step would be above 255.
 */
import { type KernelLayout, PATCH, patchInputs, segmentBounds, segmentRows } from './layout.ts';

/** What must be free behind the last list, as more of a list is asked for than it may have. */
export const LIST_SLACK_BYTES = 512;
const LARGEST_STEP = 255;
/** From here on, or where it is all samples, a batch is large: by samples it is quicker. */
const LARGE_BATCH = 512;
/** Of an entry of a patch: its number, and two pixels each. */
const PATCH_ENTRY_WORDS = 3;

/** Segments [first … end) whose lists lie together; whole pairs. */
export interface ListGroup {
  readonly first: number;
  readonly end: number;
  /** Into how many pieces a list is cut, and how many those of the groups before have. */
  readonly pieces: number;
  readonly piecesBefore: number;
}

/** How a run's lists are laid out. */
export interface ListLayout {
  readonly layout: KernelLayout;
  readonly groups: readonly ListGroup[];
  /**
   * The first layer goes by patches, and the batch is large: each worker does all that its shards need, and adds their
   * gradients up in slots. Twice in a step all meet, and then all read all parameters, which is little against the batch.
   */
  readonly bySamples: boolean;
}

/** What decides on it. */
export interface ListRequest {
  /** Among how many workers the segments are shared out. */
  readonly parts: number;
  readonly batchSize: number;
  /** Samples of an epoch. */
  readonly trainCount: number;
}

/** Lays a run's lists out: as many groups as there are workers that share no pair of segments. */
export function layoutLists(layout: KernelLayout, { parts, batchSize, trainCount }: ListRequest): ListLayout {
  const { segments } = layout;
  const inPairs = isByPatches(layout);
  const bySamples = inPairs && batchSize >= Math.min(LARGE_BATCH, trainCount);
  const groups: ListGroup[] = [];
  let first = 0;
  let piecesBefore = 0;
  for (const end of segmentBounds(segments, bySamples ? 1 : parts)) {
    if (end === first || (end % 2 === 1 && end < segments)) continue;
    const pieces = inPairs ? Math.ceil((end - first) / 2) : end - first;
    groups.push({ first, end, pieces, piecesBefore });
    first = end;
    piecesBefore += pieces;
  }
  return { layout, groups, bySamples };
}

function isByPatches({ layers }: KernelLayout): boolean {
  return layers[0]!.patchBytes > 0;
}

/**
 * One of the two forms of a list, for these images: gives how many words a piece of image i's list has, and where there
 * are words to write to, writes it to place `at`; `count` is then what it gave before.
 */
type ListForm = (
  i: number,
  group: ListGroup,
  piece: number,
  words?: Uint16Array,
  at?: number,
  count?: number,
) => number;

function formOf(images: Uint8Array, layout: KernelLayout): ListForm {
  return isByPatches(layout) ? byPatches(images, layout) : byPixels(images, layout);
}

/** How many `starts` so many samples have: one for each piece, group after group, and one more. */
export function startsCount({ groups }: ListLayout, samples: number): number {
  const last = groups.at(-1)!;
  return samples * (last.piecesBefore + last.pieces) + 1;
}

/** Calls back with each piece of the images [from … to), and its place among the starts. */
function visitPieces(
  images: Uint8Array,
  { layout, groups }: ListLayout,
  from: number,
  to: number,
  callback: (place: number, i: number, group: ListGroup, piece: number) => void,
): void {
  const count = images.length / layout.sizes[0]!;
  for (const group of groups) {
    const { pieces, piecesBefore } = group;
    for (let i = from; i < to; i++) {
      for (let piece = 0; piece < pieces; piece++) {
        callback(count * piecesBefore + i * pieces + piece, i, group, piece);
      }
    }
  }
}

/** Writes the number of words of each piece of the images [from … to), each to one place behind its own. */
export function countWordsInto(
  counts: Uint32Array,
  images: Uint8Array,
  lists: ListLayout,
  from: number,
  to: number,
): void {
  const wordsOf = formOf(images, lists.layout);
  visitPieces(images, lists, from, to, (place, i, group, piece) => {
    counts[place + 1] = wordsOf(i, group, piece);
  });
}

/** Turns counts into starts, in place: each the sum of those before it. Gives the number of all words. */
export function accumulateStarts(starts: Uint32Array): number {
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return starts.at(-1)!;
}

/** Writes the lists of the images [from … to) to where their `starts` say. */
export function writeListsInto(
  words: Uint16Array,
  starts: Uint32Array,
  images: Uint8Array,
  lists: ListLayout,
  from: number,
  to: number,
): void {
  const write = formOf(images, lists.layout);
  visitPieces(images, lists, from, to, (place, i, group, piece) => {
    const start = starts[place]!;
    write(i, group, piece, words, start, starts[place + 1]! - start);
  });
}

function byPatches(images: Uint8Array, layout: KernelLayout): ListForm {
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
  return (i, { first, end }, piece, words, at = 0) => {
    const segment = first + 2 * piece;
    const last = rows[Math.min(segment + 2, end)]!;
    let entry = at;
    for (let patch = rows[segment]!; patch < last; patch++) {
      if (isEmpty(i, patch)) continue;
      if (words) {
        const k = PATCH * patch;
        words[entry] = patch;
        words[entry + 1] = pixel(i, k) | (pixel(i, k + 1) << 8);
        words[entry + 2] = pixel(i, k + 2) | (pixel(i, k + 3) << 8);
      }
      entry += PATCH_ENTRY_WORDS;
    }
    return entry - at;
  };
}

function byPixels(images: Uint8Array, { sizes, segments }: KernelLayout): ListForm {
  const size = sizes[0]!;
  return (i, { first }, piece, words, at = 0, count = 0) => {
    const bytes = words && new Uint8Array(words.buffer, words.byteOffset + 2 * at, 2 * count);
    let written = 0;
    const write = (step: number, value: number): void => {
      if (bytes) {
        bytes[written] = step;
        bytes[count + written] = value;
      }
      written++;
    };
    let row = 0;
    let last = 0;
    for (let p = first + piece; p < size; p += segments, row++) {
      const value = images[i * size + p]!;
      if (value === 0) continue;
      for (; row - last > LARGEST_STEP; last += LARGEST_STEP) write(LARGEST_STEP, 0);
      write(row - last, value);
      last = row;
    }
    return written;
  };
}
