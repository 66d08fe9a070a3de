// The first layer, over the samples' lists of pixels that are not 0: about one in five.
//
// W is input-major, padded to four lanes, so a pixel meets the outputs of its row side by side. A wide W is kept
// in tiles of 32 outputs, all rows of a tile one after another: they are what fits into registers, and a tile's
// pages and cache lines stay at hand while all samples of the block go through it. (In rows of full width every
// pixel would ask for another page.)
//
// The rows are dealt out to segments like cards, and each worker owns some segments: it alone reads and changes
// their rows, so that W never leaves its core's cache. Only sums over a segment do.
//
// Here and in the other files two vectors that lie side by side are loaded before either is stored, with offsets that
// are constants, and stored from the last to the first: so V8 can join them into one of eight numbers, where it is asked
// to and the processor has those.
import { touch } from './lists';
import {
  BIASES, BLOCK, BOUNDS, BUCKET, END, FIRST, FIRST_ROWS, GATHERED, LISTS, PIECE_STEP, PIECES, pointer, REGION, sampleAt, SCALED, SEGMENTS, SORTED, STARTS, STRIDE, TILE_BYTES, WIDTH, Z,
} from './network';

/** Bytes of a full tile's row. */
export const TILE: usize = 128;

// @ts-ignore: decorator
@inline
export function firstRowOf(net: usize, segment: usize): usize {
  return <usize>load<u32>(pointer(net, FIRST_ROWS) + (segment << 2));
}

/** Bytes of an image's about 150 entries. */
const IMAGE_BYTES: usize = 300;

/**
 * Copies what the lists of n samples have for segments [first … last) to where the passes over the chunk read it:
 * segment by segment, samples one after another, each piece as in sample-lists.ts (steps, then values).
 *
 * The order is a shuffled one, so every list begins with a wait for memory: here the waits overlap.
 */
export function gather(net: usize, group: usize, order: usize, n: usize, first: usize, last: usize): void {
  const gathered = pointer(net, GATHERED);
  const starts = pointer(group, STARTS);
  const lists = pointer(net, LISTS);
  const before = first - pointer(group, FIRST);
  const segments = pointer(group, END) - pointer(group, FIRST);
  const bytes = (IMAGE_BYTES * segments) / pointer(net, SEGMENTS);
  const pieceStep = pointer(net, PIECE_STEP);
  const pieces = pointer(net, PIECES) + first * pieceStep;
  for (let segment = first, piece = pieces; segment < last; segment++, piece += pieceStep) {
    store<u32>(piece, <u32>(gathered + segment * pointer(net, REGION)));
  }
  for (let k: usize = 0; k < n; k++) {
    if (k % BLOCK == 0) touch(net, order + (k << 2), min(<usize>BLOCK, n - k), starts, 4, bytes);
    const list = lists + (<usize>load<u32>(starts + (sampleAt(order, k) << 2)) << 1);
    const steps = list + ((segments + 1) << 1);
    const values = steps + <usize>load<u16>(list + (segments << 1));
    let split = list + (before << 1);
    let begin = <usize>load<u16>(split);
    let piece = pieces + (k << 2);
    for (let segment = first; segment < last; segment++) {
      split += 2;
      const end = <usize>load<u16>(split);
      const length = end - begin;
      const target = <usize>load<u32>(piece);
      copy(target, steps + begin, length);
      copy(target + length, values + begin, length);
      store<u32>(piece, <u32>(target + (length << 1)), 4);
      piece += pieceStep;
      begin = end;
    }
  }
}

/** Copies at least so many bytes, and up to a line more: the loop nearly always turns once. */
// @ts-ignore: decorator
@inline
function copy(target: usize, source: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 64) {
    const v0 = v128.load(source + at, 0);
    const v1 = v128.load(source + at, 16);
    const v2 = v128.load(source + at, 32);
    const v3 = v128.load(source + at, 48);
    v128.store(target + at, v3, 48);
    v128.store(target + at, v2, 32);
    v128.store(target + at, v1, 16);
    v128.store(target + at, v0, 0);
  }
}

/**
 * Σ W·x over the rows of each of the segments [first … last), for n samples that were gathered: into
 * partials + segment·partialStep, `width` bytes per sample. Segments 2i and 2i + 1 are a pair: who has both adds the
 * second onto the first, which leaves half as much to hand from core to core.
 */
export function forwardPixels(net: usize, layer: usize, n: usize, first: usize, last: usize, W: usize, partials: usize, partialStep: usize): void {
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  let tile = W;
  let column: usize = 0;
  while (column < width) {
    const left = width - column;
    for (let segment = first; segment < last; segment++) {
      const rows = tile + firstRowOf(net, segment) * stride;
      const onto = segment > first && (segment & 1) == 1;
      const target = partials + column + (onto ? segment - 1 : segment) * partialStep;
      if (left >= TILE) tile8(net, segment, n, rows, target, width, onto);
      else tile1(net, segment, n, rows, stride, target, width, onto);
    }
    const step: usize = left >= TILE ? TILE : 16;
    column += step;
    tile += step == TILE ? tileBytes : step;
  }
}

/**
 * z = Σ over `pairs` of segments + b, for n samples.
 *
 * @param seconds u32 per pair: from the first's partials to the second's, in bytes; 0 where they were added already
 */
export function sumPartials(layer: usize, parameters: usize, n: usize, partials: usize, partialStep: usize, seconds: usize, pairs: usize): void {
  const b = parameters + pointer(layer, BIASES);
  let z = pointer(layer, Z);
  const width = pointer(layer, WIDTH);
  const secondsEnd = seconds + (pairs << 2);
  const pairStep = partialStep << 1;
  for (let k: usize = 0; k < n; k++) {
    let column: usize = 0;
    for (; column + 32 <= width; column += 32) {
      let at = partials + column;
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      for (let second = seconds; second < secondsEnd; second += 4) {
        let pair0 = v128.load(at, 0);
        let pair1 = v128.load(at, 16);
        const toSecond = <usize>load<u32>(second);
        if (toSecond != 0) {
          pair0 = f32x4.add(pair0, v128.load(at + toSecond, 0));
          pair1 = f32x4.add(pair1, v128.load(at + toSecond, 16));
        }
        sum0 = f32x4.add(sum0, pair0);
        sum1 = f32x4.add(sum1, pair1);
        at += pairStep;
      }
      const bias = b + column;
      sum0 = f32x4.add(sum0, v128.load(bias, 0));
      sum1 = f32x4.add(sum1, v128.load(bias, 16));
      v128.store(z + column, sum1, 16);
      v128.store(z + column, sum0, 0);
    }
    if (column < width) {
      let at = partials + column;
      let sum = f32x4.splat(0);
      for (let second = seconds; second < secondsEnd; second += 4) {
        let pair = v128.load(at);
        const toSecond = <usize>load<u32>(second);
        if (toSecond != 0) pair = f32x4.add(pair, v128.load(at + toSecond));
        sum = f32x4.add(sum, pair);
        at += pairStep;
      }
      v128.store(z + column, f32x4.add(sum, v128.load(b + column)));
    }
    partials += width;
    z += width;
  }
}

/** A segment's rows of one tile, or of what is left of it: `lanes` vectors of outputs, a constant where it is called. */
// @ts-ignore: decorator
@inline
function overPieces(lanes: i32, net: usize, segment: usize, n: usize, rows: usize, stride: usize, target: usize, width: usize, onto: bool): void {
  const scaled = pointer(net, SCALED);
  let piece = pointer(net, PIECES) + segment * pointer(net, PIECE_STEP);
  const pieceEnd = piece + (n << 2);
  let begin = <usize>load<u32>(piece);
  while (piece < pieceEnd) {
    const end = <usize>load<u32>(piece, 4);
    const count = (end - begin) >> 1;
    if (lanes == 8) forward8(begin, begin + count, count, scaled, rows, target, onto);
    else forward1(begin, begin + count, count, scaled, rows, stride, target, onto);
    piece += 4;
    begin = end;
    target += width;
  }
}

function tile8(net: usize, segment: usize, n: usize, rows: usize, target: usize, width: usize, onto: bool): void {
  overPieces(8, net, segment, n, rows, TILE, target, width, onto);
}

function tile1(net: usize, segment: usize, n: usize, rows: usize, stride: usize, target: usize, width: usize, onto: bool): void {
  overPieces(1, net, segment, n, rows, stride, target, width, onto);
}

// From step to end: an entry's value lies `count` bytes behind its step, the number of rows from the entry before it.

// @ts-ignore: decorator
@inline
function forward8(step: usize, end: usize, count: usize, scaled: usize, row: usize, z: usize, onto: bool): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0);
  let s5 = f32x4.splat(0);
  let s6 = f32x4.splat(0);
  let s7 = f32x4.splat(0);
  while (step < end) {
    row += <usize>load<u8>(step) << 7;
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x0, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x0, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x0, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x0, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x0, v128.load(row, 112)));
    step++;
  }
  if (onto) {
    s0 = f32x4.add(v128.load(z, 0), s0);
    s1 = f32x4.add(v128.load(z, 16), s1);
    s2 = f32x4.add(v128.load(z, 32), s2);
    s3 = f32x4.add(v128.load(z, 48), s3);
    s4 = f32x4.add(v128.load(z, 64), s4);
    s5 = f32x4.add(v128.load(z, 80), s5);
    s6 = f32x4.add(v128.load(z, 96), s6);
    s7 = f32x4.add(v128.load(z, 112), s7);
  }
  v128.store(z, s7, 112);
  v128.store(z, s6, 96);
  v128.store(z, s5, 80);
  v128.store(z, s4, 64);
  v128.store(z, s3, 48);
  v128.store(z, s2, 32);
  v128.store(z, s1, 16);
  v128.store(z, s0, 0);
}

// @ts-ignore: decorator
@inline
function forward1(step: usize, end: usize, count: usize, scaled: usize, row: usize, stride: usize, z: usize, onto: bool): void {
  let s = f32x4.splat(0);
  for (; step < end; step++) {
    row += <usize>load<u8>(step) * stride;
    const x = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    s = f32x4.add(s, f32x4.mul(x, v128.load(row)));
  }
  if (onto) s = f32x4.add(v128.load(z), s);
  v128.store(z, s);
}

/**
 * The pieces of n samples by row instead of by sample, for segments [first … last): row r's entries begin at
 * bounds[2r] and end at bounds[2r + 1], in the order of the samples. An entry is a sample's place in the chunk (u8)
 * and the pixel's value (u8). An entry that only bridges a long way has the value 0, and is left out.
 */
export function sortByRow(net: usize, n: usize, first: usize, last: usize): void {
  const bucket = pointer(net, BUCKET);
  for (let segment = first; segment < last; segment++) {
    const firstRow = firstRowOf(net, segment);
    const rows = pointer(net, BOUNDS) + (firstRow << 3);
    const rowsEnd = pointer(net, BOUNDS) + (firstRowOf(net, segment + 1) << 3);
    let free = pointer(net, SORTED) + firstRow * bucket;
    for (let row = rows; row < rowsEnd; row += 8) {
      store<u32>(row, <u32>free);
      store<u32>(row, <u32>free, 4);
      free += bucket;
    }
    let piece = pointer(net, PIECES) + segment * pointer(net, PIECE_STEP);
    let begin = <usize>load<u32>(piece);
    for (let place: u32 = 0; place < <u32>n; place++) {
      piece += 4;
      const end = <usize>load<u32>(piece);
      const count = (end - begin) >> 1;
      let row = rows;
      for (let at = begin; at < begin + count; at++) {
        row += <usize>load<u8>(at) << 3;
        const entry = <usize>load<u32>(row, 4);
        const value = <u32>load<u8>(at + count);
        store<u16>(entry, <u16>(place | (value << 8)));
        store<u32>(row, <u32>entry + (<u32>(value != 0) << 1), 4);
      }
      begin = end;
    }
  }
}
