// Reading the samples' lists of non-zero inputs; src/kernels/lists.ts describes their form.
import {
  FETCHED, LIST_BEGINS, LIST_BEGINS_STEP, LISTS, RANGE_PER_SAMPLE, RANGE_STARTS,
} from './fields';
import { AT_ONCE, pointer, sampleAt } from './network';

const LINE: usize = 64;

/** Reads one byte of each cache line of memory that another core may hold, so that the transfers overlap. */
export function fetch(net: usize, at: usize, bytes: usize): void {
  let sum: u32 = 0;
  for (const end = at + bytes; at < end; at += LINE) sum += <u32>load<u8>(at);
  store<u32>(net + FETCHED, sum);
}

/**
 * Reads one byte of each cache line in the first `bytes` of a list, for each of n samples, so that the waits for
 * memory overlap: the order of the samples is shuffled, so the processor cannot prefetch their lists. The number of
 * lines is the same for all samples, because the processor mispredicts the end of a loop of varying length.
 *
 * @param starts address of the list's start in sample 0; `step` bytes from one sample's to the next sample's
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

/** Bytes of the lists of a typical image: about 50 patches, or 150 pixels. */
const IMAGE_BYTES: usize = 300;

/**
 * Finds `count` consecutive lists of each of n samples, beginning with list number `first` of a range. Writes the
 * address where each list begins, and behind these where the last list ends, to `begins`: u32 per sample,
 * `beginsStep` bytes from one list to the next.
 *
 * @param share these lists hold about 1 / share of an image
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

/**
 * Address of the begins of list number `list`: u32 per sample of the chunk, the address where the sample's list
 * begins.
 */
// @ts-ignore: decorator
@inline
export function beginsOf(net: usize, list: usize): usize {
  return pointer(net, LIST_BEGINS) + list * pointer(net, LIST_BEGINS_STEP);
}
