import { firstRowOf } from './layout.ts';

/**
 * Images as lists of the pixels that are not 0, which the first layer walks. Sample i's list has
 * starts[i + 1] − starts[i] entries and begins at byte 3·starts[i]: first the pixels' rows of W as u16 (see rowOf in
 * layout.ts), then the values as u8.
 *
 * It goes segment by segment: those of segment s are entries splits[i·(segments + 1) + s] to
 * splits[i·(segments + 1) + s + 1] of the list, an even number (the surplus has value 0).
 */

/** Bytes of an entry: position and value. */
export const LIST_ENTRY_BYTES = 3;
/** What must be free behind the last list, as lists are read a vector at a time. */
export const LIST_SLACK_BYTES = 512;

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
      let count = 0;
      for (let p = segment; p < inputs; p += segments) if (images[i * inputs + p] !== 0) count++;
      entries += (count + 1) & ~1;
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
    const begin = starts[i]! * LIST_ENTRY_BYTES;
    const bytes = begin + 2 * (starts[i + 1]! - starts[i]!);
    let entry = 0;
    const write = (row: number, value: number): void => {
      lists[begin + 2 * entry] = row & 0xff;
      lists[begin + 2 * entry + 1] = row >>> 8;
      lists[bytes + entry] = value;
      entry++;
    };
    splits[i * (segments + 1)] = 0;
    for (let segment = 0; segment < segments; segment++) {
      const first = firstRowOf(segment, inputs, segments);
      let row = first;
      for (let p = segment; p < inputs; p += segments, row++) {
        const value = images[i * inputs + p]!;
        if (value !== 0) write(row, value);
      }
      if (entry % 2 === 1) write(first, 0);
      splits[i * (segments + 1) + segment + 1] = entry;
    }
  }
}
