// The samples' lists of what is not 0 in them; what is in one stands in src/kernels/sample-lists.ts.
import { LISTS, pointer, sampleAt, TOUCHED } from './network';

const LINE: usize = 64;

/** Reads a byte of each cache line of what may lie in another core's cache, one after another, so that the waits overlap. */
export function fetch(net: usize, at: usize, bytes: usize): void {
  let sum: u32 = 0;
  for (const end = at + bytes; at < end; at += LINE) sum += <u32>load<u8>(at);
  store<u32>(net + TOUCHED, sum);
}

/**
 * Reads a word of each cache line that n samples' lists have in `bytes` from a piece on, one after another, so that their
 * waits overlap: the order is a shuffled one. How many lines is fixed: a loop that ends now here, now there would make the
 * processor guess, and wait.
 *
 * @param starts of the piece; `step` from one sample's to the next's
 */
export function touch(net: usize, order: usize, n: usize, starts: usize, step: usize, bytes: usize): void {
  const lists = pointer(net, LISTS);
  const end = bytes + LINE;
  let sum: u32 = 0;
  for (let k: usize = 0; k < n; k++) {
    const begin = lists + (<usize>load<u32>(starts + sampleAt(order, k) * step) << 1);
    for (let at: usize = 0; at < end; at += LINE) sum += <u32>load<u8>(begin + at);
  }
  store<u32>(net + TOUCHED, sum);
}
