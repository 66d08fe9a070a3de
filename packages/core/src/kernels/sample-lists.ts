/**
 * Images as lists of the pixels that are not 0, which the first layer walks. Sample i's list has
 * starts[i + 1] − starts[i] entries, a multiple of eight (the surplus has value 0), and begins at byte
 * 3·starts[i]: first the positions as u16, then the values as u8.
 */

/** Bytes of an entry: position and value. */
export const LIST_ENTRY_BYTES = 3;
/** What must be free behind the last list, as lists are read a vector at a time. */
export const LIST_SLACK_BYTES = 64;

/** Writes the number of entries of each image [from … to) into counts[i + 1]. */
export function countEntriesInto(
  counts: Uint32Array,
  images: Uint8Array,
  inputs: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    let count = 0;
    const end = (i + 1) * inputs;
    for (let p = i * inputs; p < end; p++) if (images[p] !== 0) count++;
    counts[i + 1] = (count + 7) & ~7;
  }
}

/** Turns counts into starts, in place: each the sum of those before it. Gives the number of all entries. */
export function accumulateStarts(starts: Uint32Array): number {
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return starts.at(-1)!;
}

/** Writes the lists of the images [from … to). */
export function writeListsInto(
  lists: Uint8Array,
  starts: Uint32Array,
  images: Uint8Array,
  inputs: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const count = starts[i + 1]! - starts[i]!;
    let position = starts[i]! * LIST_ENTRY_BYTES;
    let byte = position + 2 * count;
    const end = byte + count;
    const image = i * inputs;
    for (let p = 0; byte < end && p < inputs; p++) {
      const value = images[image + p]!;
      if (value === 0) continue;
      lists[position] = p & 0xff;
      lists[position + 1] = p >>> 8;
      lists[byte] = value;
      position += 2;
      byte++;
    }
    while (byte < end) {
      lists[position] = 0;
      lists[position + 1] = 0;
      lists[byte] = 0;
      position += 2;
      byte++;
    }
  }
}
