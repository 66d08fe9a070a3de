/**
 * Images as lists of what is not 0 in them, which the first layer walks, segment by segment. Sample i's list takes the
 * words (u16) starts[i] to starts[i + 1]. It begins with a word for each segment, and one more: how many entries stand
 * before it; the entries follow.
 *
 * Where the first layer's W is kept by patches, an entry is 6 bytes: which patch, in the order of W (u16), and the bytes
 * of its four pixels. Patches of four zeros are left out.
 *
 * Where it is kept in rows, an entry takes 2 bytes: first come n steps (u8), then n values (u8). A step is the number of
 * rows (see rowOf in layout.ts) from the entry before, or from the segment's first row. An entry of value 0 stands where
 * a step would be above 255, or where it makes a segment's number of entries even.
 */
import { type KernelLayout, PATCH, patchInputs, segmentRows } from './layout.ts';

/** Bytes of an entry of a pixel: step and value. */
export const PIXEL_BYTES = 2;
/** Bytes of an entry of a patch. */
const PATCH_ENTRY_BYTES = 2 + PATCH;
/** What must be free behind the last list, as more of a list is asked for than it may have. */
export const LIST_SLACK_BYTES = 512;
const LARGEST_STEP = 255;

function entryBytes({ layers }: KernelLayout): number {
  return layers[0]!.patchBytes > 0 ? PATCH_ENTRY_BYTES : PIXEL_BYTES;
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
  let entries = 0;
  const count = (): void => {
    entries++;
  };
  const visit = entriesOf(images, layout);
  for (let i = from; i < to; i++) {
    entries = 0;
    for (let segment = 0; segment < segments; segment++) visit(i, segment, count);
    counts[i + 1] = segments + 1 + (entries * entryBytes(layout)) / 2;
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
  const byPatches = layout.layers[0]!.patchBytes > 0;
  const inputs = byPatches ? patchInputs(layout) : new Int32Array(0);
  const visit = entriesOf(images, layout);
  let at = 0;
  let count = 0;
  let base = 0;
  const writePixel = (step: number, value: number): void => {
    bytes[at] = step;
    bytes[at + count] = value;
    at++;
  };
  const writePatch = (patch: number): void => {
    lists[at / 2] = patch;
    for (let lane = 0; lane < PATCH; lane++) {
      const j = inputs[PATCH * patch + lane]!;
      bytes[at + 2 + lane] = j < 0 ? 0 : images[base + j]!;
    }
    at += PATCH_ENTRY_BYTES;
  };
  for (let i = from; i < to; i++) {
    const start = starts[i]!;
    const first = 2 * (start + segments + 1);
    base = i * layout.sizes[0]!;
    // Of pixels: their values lie so far behind the steps.
    count = starts[i + 1]! - start - segments - 1;
    at = first;
    lists[start] = 0;
    for (let segment = 0; segment < segments; segment++) {
      visit(i, segment, byPatches ? writePatch : writePixel);
      lists[start + segment + 1] = byPatches ? (at - first) / PATCH_ENTRY_BYTES : at - first;
    }
  }
}

/** A function that calls back with each entry of a segment of an image: its step and value, or its patch. */
function entriesOf(
  images: Uint8Array,
  layout: KernelLayout,
): (i: number, segment: number, callback: (patchOrStep: number, value: number) => void) => void {
  const { sizes, segments } = layout;
  const size = sizes[0]!;
  if (layout.layers[0]!.patchBytes > 0) {
    const inputs = patchInputs(layout);
    const rows = segmentRows(layout);
    return (i, segment, callback) => {
      const base = i * size;
      for (let patch = rows[segment]!; patch < rows[segment + 1]!; patch++) {
        for (let k = PATCH * patch; k < PATCH * (patch + 1); k++) {
          const j = inputs[k]!;
          if (j < 0 || images[base + j] === 0) continue;
          callback(patch, 0);
          break;
        }
      }
    };
  }
  return (i, segment, callback) => {
    let row = 0;
    let last = 0;
    let entries = 0;
    const write = (step: number, value: number): void => {
      callback(step, value);
      entries++;
    };
    for (let p = segment; p < size; p += segments, row++) {
      const value = images[i * size + p]!;
      if (value === 0) continue;
      for (; row - last > LARGEST_STEP; last += LARGEST_STEP) write(LARGEST_STEP, 0);
      write(row - last, value);
      last = row;
    }
    if (entries % 2 === 1) write(0, 0);
  };
}
