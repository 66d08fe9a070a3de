// The samples' lists of what is not 0 in them; what is in one stands in src/kernels/sample-lists.ts.
import { LISTS, pointer, sampleAt, SEGMENTS, STARTS, TOUCHED } from './network';

/** The list of the sample at a place of the order; `lists` and `starts` are the network's. */
// @ts-ignore: decorator
@inline
export function listAt(lists: usize, starts: usize, order: usize, k: usize): usize {
  return lists + (<usize>load<u32>(starts + (sampleAt(order, k) << 2)) << 1);
}

/**
 * Reads a word of each cache line that the lists of n samples have for segments [first … last), one after another, so
 * that their waits overlap: the order is a shuffled one. About where they are is guessed from the list's length, and how
 * many is fixed: a loop that ends now here, now there would make the processor guess, and wait.
 *
 * @param halves 2 where the entries' steps and their values lie apart; a constant where it is called
 * @param lines how many lines the whole of a half takes, for most images
 */
// @ts-ignore: decorator
@inline
export function touch(halves: usize, lines: usize, net: usize, order: usize, n: usize, first: usize, last: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const segments = pointer(net, SEGMENTS);
  // One more for where they are cut, and one if where they begin is a guess.
  const more: usize = first == 0 ? 1 : 2;
  const end = (more + (lines * (last - first)) / segments) << 6;
  let sum: u32 = 0;
  for (let k: usize = 0; k < n; k++) {
    const start = starts + (sampleAt(order, k) << 2);
    const bytes = ((<usize>load<u32>(start, 4) - <usize>load<u32>(start)) << 1) / halves;
    const list = listAt(lists, starts, order, k);
    const begin = list + (bytes * first) / segments;
    sum += <u32>load<u8>(list);
    for (let at: usize = 0; at < end; at += 64) {
      sum += <u32>load<u8>(begin + at);
      if (halves == 2) sum += <u32>load<u8>(begin + bytes + at);
    }
  }
  store<u32>(net + TOUCHED, sum);
}
