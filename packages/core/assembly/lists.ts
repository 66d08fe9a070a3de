// The samples' lists of what is not 0 in them; what is in one stands in src/kernels/sample-lists.ts.
import {
  BLOCK, FIRST, LISTS, PAIRED, PER_LIST, PIECE_STEP, PIECES, pointer, sampleAt, SEGMENTS, STARTS, TOUCHED,
} from './network';

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
function touch(net: usize, order: usize, n: usize, starts: usize, step: usize, bytes: usize): void {
  const lists = pointer(net, LISTS);
  const end = bytes + LINE;
  let sum: u32 = 0;
  for (let k: usize = 0; k < n; k++) {
    const begin = lists + (<usize>load<u32>(starts + sampleAt(order, k) * step) << 1);
    for (let at: usize = 0; at < end; at += LINE) sum += <u32>load<u8>(begin + at);
  }
  store<u32>(net + TOUCHED, sum);
}

/** Bytes of an image's about 50 patches, or 150 pixels. */
const IMAGE_BYTES: usize = 300;

/**
 * Finds the entries of n samples for segments [first … last), or for the pairs that these belong to: into the pieces, where
 * each one's begin, and the last one's end.
 */
export function locate(net: usize, group: usize, order: usize, n: usize, first: usize, last: usize): void {
  const paired = pointer(net, PAIRED);
  const firstPiece = first >> paired;
  const pieces = ((last + paired) >> paired) - firstPiece;
  const step = pointer(group, PER_LIST) << 2;
  const starts = pointer(group, STARTS) + ((firstPiece - (pointer(group, FIRST) >> paired)) << 2);
  const bytes = (IMAGE_BYTES * pieces) / ((pointer(net, SEGMENTS) + paired) >> paired);
  const lists = pointer(net, LISTS);
  const begins = piecesOf(net, firstPiece << paired);
  const pieceStep = pointer(net, PIECE_STEP) << paired;
  for (let k: usize = 0; k < n; k++) {
    if (k % BLOCK == 0) touch(net, order + (k << 2), min(<usize>BLOCK, n - k), starts, step, bytes);
    let start = starts + sampleAt(order, k) * step;
    let at = begins + (k << 2);
    for (let piece: usize = 0; piece <= pieces; piece++, start += 4, at += pieceStep) {
      store<u32>(at, <u32>(lists + (<usize>load<u32>(start) << 1)));
    }
  }
}

/**
 * Where a segment begins in each of the lists, u32 per sample; the end of the last one is that of its pair, as if that were
 * whole.
 */
export function piecesOf(net: usize, segment: usize): usize {
  if (segment == pointer(net, SEGMENTS)) segment += segment & pointer(net, PAIRED);
  return pointer(net, PIECES) + segment * pointer(net, PIECE_STEP);
}
