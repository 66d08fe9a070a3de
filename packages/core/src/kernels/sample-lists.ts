/**
 * Images as lists of the pixels that are not 0, which the first layer walks. Sample i's list has
 * starts[i + 1] − starts[i] entries, a multiple of four (the surplus has value 0), and begins at byte
 * 3·starts[i]: first the positions as u16, then the values as u8.
 *
 * The first layer's rows, so the pixels, are cut into segments: the s'th is bounds[s] … bounds[s + 1] − 1. Each of
 * the workers that train owns some. Sample i's entries in it are those from splits[i·(segments + 1) + s] to
 * splits[i·(segments + 1) + s + 1] of its list.
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
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    let count = 0;
    const end = (i + 1) * inputs;
    for (let p = i * inputs; p < end; p++) if (images[p] !== 0) count++;
    counts[i + 1] = (count + 3) & ~3;
  }
}

/** Turns counts into starts, in place: each the sum of those before it. Gives the number of all entries. */
export function accumulateStarts(starts: Uint32Array): number {
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return starts.at(-1)!;
}

/**
 * Cuts the pixels into segments of about as much work: of as many entries in a thousand images, and of rows, as a row
 * takes a step however many entries it has.
 */
export function balanceRows(images: Uint8Array, inputs: number, segments: number): Uint32Array {
  const work = new Uint32Array(inputs).fill(ROW_WORK);
  const count = Math.floor(images.length / inputs);
  const stride = Math.max(1, Math.floor(count / 1000));
  for (let i = 0; i < count; i += stride) {
    for (let p = 0; p < inputs; p++) if (images[i * inputs + p] !== 0) work[p]!++;
  }
  const all = work.reduce((sum, of) => sum + of, 0);
  const bounds = new Uint32Array(segments + 1);
  let done = 0;
  let segment = 1;
  for (let p = 0; p < inputs && segment < segments; p++) {
    done += work[p]!;
    while (segment < segments && done * segments >= all * segment) bounds[segment++] = p + 1;
  }
  bounds.fill(inputs, segment);
  return bounds;
}

/** A row's step, in entries of a thousand images. */
const ROW_WORK = 20;

/** Where {@link writeListsInto} writes. */
export interface SampleLists {
  readonly lists: Uint8Array;
  readonly starts: Uint32Array;
  readonly splits: Uint16Array;
  readonly bounds: Uint32Array;
}

/** Writes the lists of the images [from … to), and their splits. */
export function writeListsInto(
  { lists, starts, splits, bounds }: SampleLists,
  images: Uint8Array,
  inputs: number,
  from: number,
  to: number,
): void {
  const segments = bounds.length - 1;
  for (let i = from; i < to; i++) {
    const count = starts[i + 1]! - starts[i]!;
    const begin = starts[i]! * LIST_ENTRY_BYTES;
    let position = begin;
    let byte = begin + 2 * count;
    const image = i * inputs;
    const split = i * (segments + 1);
    splits[split] = 0;
    let p = 0;
    for (let segment = 1; segment <= segments; segment++) {
      for (; p < bounds[segment]!; p++) {
        const value = images[image + p]!;
        if (value === 0) continue;
        lists[position] = p & 0xff;
        lists[position + 1] = p >>> 8;
        lists[byte] = value;
        position += 2;
        byte++;
      }
      splits[split + segment] = (position - begin) / 2;
    }
    for (; byte < begin + 3 * count; byte++) {
      lists[position] = 0;
      lists[position + 1] = 0;
      lists[byte] = 0;
      position += 2;
    }
  }
}
