/**
 * Images as lists of what is not 0 in them, which the first layer walks, segment by segment. A list may be cut into
 * pieces: piece p of sample i takes the words (u16) starts[i·pieces + p] to starts[i·pieces + p + 1].
 *
 * Where the first layer's W is kept by patches, two segments that follow one another share a piece. An entry is 6 bytes:
 * which patch, in the order of W (u16), and the bytes of its four pixels. Patches of four zeros are left out.
 *
 * Where it is kept in rows, a list is one piece. It begins with a word for each segment, and one more: how many entries
 * stand before it; the entries follow, of 2 bytes each: first come n steps (u8), then n values (u8). A step is the number
 * of rows (see rowOf in layout.ts) from the entry before, or from the segment's first row; an entry of value 0 stands
 * where a step would be above 255.
 */
import { type KernelLayout, PATCH, patchInputs, segmentRows } from './layout.ts';

/** Bytes of an entry of a pixel: step and value. */
export const PIXEL_BYTES = 2;
/** What must be free behind the last list, as more of a list is asked for than it may have. */
export const LIST_SLACK_BYTES = 512;
const LARGEST_STEP = 255;
/** Of an entry of a patch: its number, and two pixels each. */
const PATCH_ENTRY_WORDS = 3;

/** One of the two forms of a list, for these images. */
interface ListForm {
  /** How many words a piece of image i's list has. */
  words(i: number, piece: number): number;
  /** Writes a piece of so many words to word `at`. */
  write(lists: Uint16Array, at: number, words: number, i: number, piece: number): void;
}

function formOf(images: Uint8Array, layout: KernelLayout): ListForm {
  return isByPatches(layout) ? byPatches(images, layout) : byPixels(images, layout);
}

function isByPatches({ layers }: KernelLayout): boolean {
  return layers[0]!.patchBytes > 0;
}

/** Into how many pieces a list is cut. */
function piecesPerList(layout: KernelLayout): number {
  return isByPatches(layout) ? Math.ceil(layout.segments / 2) : 1;
}

/** How many `starts` so many samples have: one for each piece, and one more. */
export function startsCount(layout: KernelLayout, samples: number): number {
  return samples * piecesPerList(layout) + 1;
}

/** Writes the number of words of each piece of the images [from … to), each to one place behind its own. */
export function countWordsInto(
  counts: Uint32Array,
  images: Uint8Array,
  layout: KernelLayout,
  from: number,
  to: number,
): void {
  const pieces = piecesPerList(layout);
  const { words } = formOf(images, layout);
  for (let i = from; i < to; i++) {
    for (let piece = 0; piece < pieces; piece++) counts[i * pieces + piece + 1] = words(i, piece);
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
  const pieces = piecesPerList(layout);
  const { write } = formOf(images, layout);
  for (let i = from; i < to; i++) {
    for (let piece = 0; piece < pieces; piece++) {
      const start = starts[i * pieces + piece]!;
      write(lists, start, starts[i * pieces + piece + 1]! - start, i, piece);
    }
  }
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
  const firstOf = (piece: number): number => rows[Math.min(2 * piece, layout.segments)]!;
  return {
    words(i, piece) {
      let entries = 0;
      for (let patch = firstOf(piece); patch < firstOf(piece + 1); patch++) if (!isEmpty(i, patch)) entries++;
      return entries * PATCH_ENTRY_WORDS;
    },
    write(lists, at, _words, i, piece) {
      let entry = at;
      for (let patch = firstOf(piece); patch < firstOf(piece + 1); patch++) {
        if (isEmpty(i, patch)) continue;
        const k = PATCH * patch;
        lists[entry] = patch;
        lists[entry + 1] = pixel(i, k) | (pixel(i, k + 1) << 8);
        lists[entry + 2] = pixel(i, k + 2) | (pixel(i, k + 3) << 8);
        entry += PATCH_ENTRY_WORDS;
      }
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
    words(i) {
      let words = segments + 1;
      for (let segment = 0; segment < segments; segment++) {
        visit(i, segment, () => {
          words++;
        });
      }
      return words;
    },
    write(lists, at, words, i) {
      const first = at + segments + 1;
      const n = at + words - first;
      const bytes = new Uint8Array(lists.buffer, lists.byteOffset + 2 * first, PIXEL_BYTES * n);
      let written = 0;
      for (let segment = 0; segment < segments; segment++) {
        lists[at + segment] = written;
        visit(i, segment, (step, value) => {
          bytes[written] = step;
          bytes[n + written] = value;
          written++;
        });
      }
      lists[at + segments] = written;
    },
  };
}
