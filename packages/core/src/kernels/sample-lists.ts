/**
 * Images as lists of the pixels that are not 0, which the first layer walks. Sample i's list has
 * n = starts[i + 1] − starts[i] entries and begins at byte 2·starts[i]: first n steps (u8), then n values (u8).
 *
 * It goes segment by segment: those of segment s are entries splits[i·(segments + 1) + s] to
 * splits[i·(segments + 1) + s + 1], an even number. A step is the number of rows of W (see rowOf in layout.ts) from
 * the entry before, or from the segment's first row. An entry of value 0 stands where a step would be above 255, or
 * where it makes the number even.
 */

/** Bytes of an entry: step and value. */
export const LIST_ENTRY_BYTES = 2;
/** What must be free behind the last list, as more of a list is asked for than it may have. */
export const LIST_SLACK_BYTES = 512;
const LARGEST_STEP = 255;

/** Writes the number of entries of each image [from … to) into counts[i + 1]. */
export function countEntriesInto(
  counts: Uint32Array,
  images: Uint8Array,
  inputs: number,
  segments: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    let entries = 0;
    for (let segment = 0; segment < segments; segment++) {
      let row = 0;
      let last = 0;
      for (let p = segment; p < inputs; p += segments, row++) {
        if (images[i * inputs + p] === 0) continue;
        while (row - last > LARGEST_STEP) {
          last += LARGEST_STEP;
          entries++;
        }
        last = row;
        entries++;
      }
      entries += entries % 2;
    }
    counts[i + 1] = entries;
  }
}

/** Turns counts into starts, in place: each the sum of those before it. Gives the number of all entries. */
export function accumulateStarts(starts: Uint32Array): number {
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return starts.at(-1)!;
}

/** Where {@link writeListsInto} writes. */
export interface SampleLists {
  readonly lists: Uint8Array;
  readonly starts: Uint32Array;
  readonly splits: Uint16Array;
  readonly segments: number;
}

/** Writes the lists of the images [from … to), and their splits. */
export function writeListsInto(
  { lists, starts, splits, segments }: SampleLists,
  images: Uint8Array,
  inputs: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const count = starts[i + 1]! - starts[i]!;
    const begin = starts[i]! * LIST_ENTRY_BYTES;
    let at = begin;
    const write = (step: number, value: number): void => {
      lists[at] = step;
      lists[at + count] = value;
      at++;
    };
    splits[i * (segments + 1)] = 0;
    for (let segment = 0; segment < segments; segment++) {
      let row = 0;
      let last = 0;
      for (let p = segment; p < inputs; p += segments, row++) {
        const value = images[i * inputs + p]!;
        if (value === 0) continue;
        for (; row - last > LARGEST_STEP; last += LARGEST_STEP) write(LARGEST_STEP, 0);
        write(row - last, value);
        last = row;
      }
      if ((at - begin) % 2 === 1) write(0, 0);
      splits[i * (segments + 1) + segment + 1] = at - begin;
    }
  }
}
