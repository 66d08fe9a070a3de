// The samples' lists of inputs that are not 0; src/kernels/lists.ts describes their form.
import {
  FETCHED, LIST_BEGINS, LIST_BEGINS_STEP, LISTS, RANGE_PER_SAMPLE, RANGE_STARTS,
} from './fields';
import { AT_ONCE, pointer, sampleAt } from './network';

const LINE: usize = 64;

/** Reads a byte of each cache line of what another core may hold, one after another, so that the waits overlap. */
export function fetch(net: usize, at: usize, bytes: usize): void {
  let sum: u32 = 0;
  for (const end = at + bytes; at < end; at += LINE) sum += <u32>load<u8>(at);
  store<u32>(net + FETCHED, sum);
}

/**
 * Reads a byte of each cache line that n samples' lists have in `bytes` from a list on, one after another, so that the
 * waits overlap: the order is a shuffled one. The number of lines is fixed, as the processor predicts a loop of varying
 * length wrongly.
 *
 * @param starts of the list; `step` from one sample's to the next sample's
 */
function touch(net: usize, order: usize, n: usize, starts: usize, step: usize, bytes: usize): void {
  const lists = pointer(net, LISTS);
  const end = bytes + LINE;
  let sum: u32 = 0;
  for (let k: usize = 0; k < n; k++) {
    const begin = lists + (<usize>load<u32>(starts + sampleAt(order, k) * step) << 1);
    for (let at: usize = 0; at < end; at += LINE) sum += <u32>load<u8>(begin + at);
  }
  store<u32>(net + FETCHED, sum);
}

/** Bytes of an image's about 50 patches, or 150 pixels. */
const IMAGE_BYTES: usize = 300;

/**
 * Finds `count` lists of each of n samples, from list `first` of a range on: writes where each begins, and where the
 * last one ends, to `begins`.
 *
 * @param share the part of an image that these lists hold is 1 / share
 */
export function locate(net: usize, range: usize, order: usize, n: usize, first: usize, count: usize, begins: usize, beginsStep: usize, share: usize): void {
  const step = pointer(range, RANGE_PER_SAMPLE) << 2;
  const starts = pointer(range, RANGE_STARTS) + (first << 2);
  const bytes = IMAGE_BYTES / share;
  const lists = pointer(net, LISTS);
  for (let k: usize = 0; k < n; k++) {
    if (k % AT_ONCE == 0) touch(net, order + (k << 2), min(AT_ONCE, n - k), starts, step, bytes);
    let start = starts + sampleAt(order, k) * step;
    let at = begins + (k << 2);
    for (let list: usize = 0; list <= count; list++, start += 4, at += beginsStep) {
      store<u32>(at, <u32>(lists + (<usize>load<u32>(start) << 1)));
    }
  }
}

/** Where list number `list` of the chunk's samples begins, u32 per sample. */
// @ts-ignore: decorator
@inline
export function beginsOf(net: usize, list: usize): usize {
  return pointer(net, LIST_BEGINS) + list * pointer(net, LIST_BEGINS_STEP);
}
