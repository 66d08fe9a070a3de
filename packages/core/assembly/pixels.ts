// The first layer, over the samples' lists of pixels that are not 0: about one in five.
//
// W is input-major, padded to four lanes, so a pixel meets the outputs of its row side by side. A wide W is kept
// in tiles of 32 outputs, all rows of a tile one after another: they are what fits into registers, and a tile's
// pages and cache lines stay at hand while all samples of the block go through it. (In rows of full width every
// pixel would ask for another page.)
//
// The rows are dealt out to segments like cards, and each worker owns some segments: it alone reads and changes
// their rows, so that W never leaves its core's cache. Only sums over a segment do.
import {
  ENDS, LISTS, pointer, sampleAt, SCALED, SEGMENTS, SORTED, SPLITS, STARTS, STRIDE, TILE_BYTES, TOUCHED, WIDTH,
} from './network';

/** Bytes of a full tile's row. */
export const TILE: usize = 128;

/**
 * Reads a word of the first cache lines of the samples' lists, one after another, so that their waits overlap: a
 * fixed number, as a loop that ends now here, now there would make the processor guess, and wait.
 */
export function touch(net: usize, order: usize, n: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  let sum: u32 = 0;
  for (let k: usize = 0; k < n; k++) {
    const list = lists + <usize>load<u32>(starts + (sampleAt(order, k) << 2)) * 3;
    sum += load<u32>(list) + load<u32>(list, 64) + load<u32>(list, 128) + load<u32>(list, 192);
    sum += load<u32>(list, 256) + load<u32>(list, 320) + load<u32>(list, 384) + load<u32>(list, 448);
  }
  store<u32>(net + TOUCHED, sum);
}

/**
 * Σ W·x over the rows of each of the segments [first … last), for n samples: into partials + segment·partialStep,
 * `width` bytes per sample. A segment's entries in a list are an even number.
 */
export function forwardPixels(net: usize, layer: usize, order: usize, n: usize, first: usize, last: usize, W: usize, partials: usize, partialStep: usize): void {
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  let tile = W;
  let column: usize = 0;
  while (column < width) {
    const left = width - column;
    const target = partials + column;
    if (left >= TILE) tile8(net, order, n, first, last, tile, target, partialStep, width);
    else if (left >= 48) tile3(net, order, n, first, last, tile, stride, target, partialStep, width);
    else tile1(net, order, n, first, last, tile, stride, target, partialStep, width);
    const step: usize = left >= TILE ? TILE : left >= 48 ? 48 : 16;
    column += step;
    tile += step == TILE ? tileBytes : step;
  }
}

/** z = ((partial 0 + partial 1) + …) + b, for n samples. */
export function sumPartials(net: usize, layer: usize, n: usize, partials: usize, partialStep: usize, b: usize, z: usize): void {
  const width = pointer(layer, WIDTH);
  const segments = pointer(net, SEGMENTS);
  for (let k: usize = 0; k < n; k++) {
    for (let column: usize = 0; column < width; column += 16) {
      let at = partials + column;
      let sum = v128.load(at);
      for (let segment: usize = 1; segment < segments; segment++) {
        at += partialStep;
        sum = f32x4.add(sum, v128.load(at));
      }
      v128.store(z + column, f32x4.add(sum, v128.load(b + column)));
    }
    partials += width;
    z += width;
  }
}

function tile8(net: usize, order: usize, n: usize, first: usize, last: usize, W: usize, partials: usize, partialStep: usize, width: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const scaled = pointer(net, SCALED);
  const splits = pointer(net, SPLITS) + (first << 1);
  const splitStep = (pointer(net, SEGMENTS) + 1) << 1;
  const splitBytes = (last - first) << 1;
  let row = partials + first * partialStep;
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const start = starts + (sample << 2);
    const from = <usize>load<u32>(start);
    const positions = lists + from * 3;
    const bytes = positions + ((<usize>load<u32>(start, 4) - from) << 1);
    let split = splits + sample * splitStep;
    const splitEnd = split + splitBytes;
    let begin = <usize>load<u16>(split);
    let target = row;
    while (split < splitEnd) {
      split += 2;
      const end = <usize>load<u16>(split);
      forward8(positions + (begin << 1), positions + (end << 1), bytes + begin, scaled, W, target);
      begin = end;
      target += partialStep;
    }
    row += width;
  }
}

function tile3(net: usize, order: usize, n: usize, first: usize, last: usize, W: usize, stride: usize, partials: usize, partialStep: usize, width: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const scaled = pointer(net, SCALED);
  const splits = pointer(net, SPLITS) + (first << 1);
  const splitStep = (pointer(net, SEGMENTS) + 1) << 1;
  const splitBytes = (last - first) << 1;
  let row = partials + first * partialStep;
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const start = starts + (sample << 2);
    const from = <usize>load<u32>(start);
    const positions = lists + from * 3;
    const bytes = positions + ((<usize>load<u32>(start, 4) - from) << 1);
    let split = splits + sample * splitStep;
    const splitEnd = split + splitBytes;
    let begin = <usize>load<u16>(split);
    let target = row;
    while (split < splitEnd) {
      split += 2;
      const end = <usize>load<u16>(split);
      forward3(positions + (begin << 1), positions + (end << 1), bytes + begin, scaled, W, stride, target);
      begin = end;
      target += partialStep;
    }
    row += width;
  }
}

function tile1(net: usize, order: usize, n: usize, first: usize, last: usize, W: usize, stride: usize, partials: usize, partialStep: usize, width: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const scaled = pointer(net, SCALED);
  const splits = pointer(net, SPLITS) + (first << 1);
  const splitStep = (pointer(net, SEGMENTS) + 1) << 1;
  const splitBytes = (last - first) << 1;
  let row = partials + first * partialStep;
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const start = starts + (sample << 2);
    const from = <usize>load<u32>(start);
    const positions = lists + from * 3;
    const bytes = positions + ((<usize>load<u32>(start, 4) - from) << 1);
    let split = splits + sample * splitStep;
    const splitEnd = split + splitBytes;
    let begin = <usize>load<u16>(split);
    let target = row;
    while (split < splitEnd) {
      split += 2;
      const end = <usize>load<u16>(split);
      forward1(positions + (begin << 1), positions + (end << 1), bytes + begin, scaled, W, stride, target);
      begin = end;
      target += partialStep;
    }
    row += width;
  }
}

// @ts-ignore: decorator
@inline
function forward8(position: usize, end: usize, byte: usize, scaled: usize, W: usize, z: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0);
  let s5 = f32x4.splat(0);
  let s6 = f32x4.splat(0);
  let s7 = f32x4.splat(0);
  // Two at a time, as the loop itself costs as much as a vector or two.
  while (position < end) {
    const row0 = W + (<usize>load<u16>(position) << 7);
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(row0, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(row0, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(row0, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x0, v128.load(row0, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x0, v128.load(row0, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x0, v128.load(row0, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x0, v128.load(row0, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x0, v128.load(row0, 112)));
    const row1 = W + (<usize>load<u16>(position, 2) << 7);
    const x1 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 1) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x1, v128.load(row1, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x1, v128.load(row1, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x1, v128.load(row1, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x1, v128.load(row1, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x1, v128.load(row1, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x1, v128.load(row1, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x1, v128.load(row1, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x1, v128.load(row1, 112)));
    position += 4;
    byte += 2;
  }
  v128.store(z, s0, 0);
  v128.store(z, s1, 16);
  v128.store(z, s2, 32);
  v128.store(z, s3, 48);
  v128.store(z, s4, 64);
  v128.store(z, s5, 80);
  v128.store(z, s6, 96);
  v128.store(z, s7, 112);
}

// @ts-ignore: decorator
@inline
function forward3(position: usize, end: usize, byte: usize, scaled: usize, W: usize, stride: usize, z: usize): void {
  // Two sets of sums, over every other pixel: with three vectors alone, each addition would wait for the last.
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let t0 = s0;
  let t1 = s0;
  let t2 = s0;
  while (position < end) {
    const row0 = W + <usize>load<u16>(position) * stride;
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(row0, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(row0, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(row0, 32)));
    const row1 = W + <usize>load<u16>(position, 2) * stride;
    const x1 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 1) << 2));
    t0 = f32x4.add(t0, f32x4.mul(x1, v128.load(row1, 0)));
    t1 = f32x4.add(t1, f32x4.mul(x1, v128.load(row1, 16)));
    t2 = f32x4.add(t2, f32x4.mul(x1, v128.load(row1, 32)));
    position += 4;
    byte += 2;
  }
  v128.store(z, f32x4.add(s0, t0), 0);
  v128.store(z, f32x4.add(s1, t1), 16);
  v128.store(z, f32x4.add(s2, t2), 32);
}

// @ts-ignore: decorator
@inline
function forward1(position: usize, end: usize, byte: usize, scaled: usize, W: usize, stride: usize, z: usize): void {
  let s = f32x4.splat(0);
  while (position < end) {
    const row = W + <usize>load<u16>(position) * stride;
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(scaled + (<usize>load<u8>(byte) << 2)), v128.load(row)));
    position += 2;
    byte += 1;
  }
  v128.store(z, s);
}

/**
 * dW += dz·xᵀ for the rows of segments [first … last), sample after sample: for a W of one tile.
 *
 * dz: `stride` bytes per sample.
 */
export function addOuterPixels(net: usize, layer: usize, order: usize, n: usize, first: usize, last: usize, dW: usize, dz: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const scaled = pointer(net, SCALED);
  const splits = pointer(net, SPLITS);
  const splitStep = (pointer(net, SEGMENTS) + 1) << 1;
  const stride = pointer(layer, STRIDE);
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const start = starts + (sample << 2);
    const from = <usize>load<u32>(start);
    const count = <usize>load<u32>(start, 4) - from;
    const split = splits + sample * splitStep;
    const begin = <usize>load<u16>(split + (first << 1));
    const list = lists + from * 3;
    const position = list + (begin << 1);
    const end = list + (<usize>load<u16>(split + (last << 1)) << 1);
    const byte = list + (count << 1) + begin;
    const delta = dz + k * stride;
    let column: usize = 0;
    for (; column + 48 <= stride; column += 48) addOuter3(position, end, byte, scaled, dW + column, stride, delta + column);
    for (; column < stride; column += 16) addOuter1(position, end, byte, scaled, dW + column, stride, delta + column);
  }
}

// @ts-ignore: decorator
@inline
function addOuter3(position: usize, end: usize, byte: usize, scaled: usize, dW: usize, stride: usize, dz: usize): void {
  const d0 = v128.load(dz, 0);
  const d1 = v128.load(dz, 16);
  const d2 = v128.load(dz, 32);
  while (position + 6 < end) {
    const row0 = dW + <usize>load<u16>(position, 0) * stride;
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 0) << 2));
    v128.store(row0, f32x4.add(v128.load(row0, 0), f32x4.mul(x0, d0)), 0);
    v128.store(row0, f32x4.add(v128.load(row0, 16), f32x4.mul(x0, d1)), 16);
    v128.store(row0, f32x4.add(v128.load(row0, 32), f32x4.mul(x0, d2)), 32);
    const row1 = dW + <usize>load<u16>(position, 2) * stride;
    const x1 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 1) << 2));
    v128.store(row1, f32x4.add(v128.load(row1, 0), f32x4.mul(x1, d0)), 0);
    v128.store(row1, f32x4.add(v128.load(row1, 16), f32x4.mul(x1, d1)), 16);
    v128.store(row1, f32x4.add(v128.load(row1, 32), f32x4.mul(x1, d2)), 32);
    const row2 = dW + <usize>load<u16>(position, 4) * stride;
    const x2 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 2) << 2));
    v128.store(row2, f32x4.add(v128.load(row2, 0), f32x4.mul(x2, d0)), 0);
    v128.store(row2, f32x4.add(v128.load(row2, 16), f32x4.mul(x2, d1)), 16);
    v128.store(row2, f32x4.add(v128.load(row2, 32), f32x4.mul(x2, d2)), 32);
    const row3 = dW + <usize>load<u16>(position, 6) * stride;
    const x3 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 3) << 2));
    v128.store(row3, f32x4.add(v128.load(row3, 0), f32x4.mul(x3, d0)), 0);
    v128.store(row3, f32x4.add(v128.load(row3, 16), f32x4.mul(x3, d1)), 16);
    v128.store(row3, f32x4.add(v128.load(row3, 32), f32x4.mul(x3, d2)), 32);
    position += 8;
    byte += 4;
  }
  while (position < end) {
    const row0 = dW + <usize>load<u16>(position, 0) * stride;
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 0) << 2));
    v128.store(row0, f32x4.add(v128.load(row0, 0), f32x4.mul(x0, d0)), 0);
    v128.store(row0, f32x4.add(v128.load(row0, 16), f32x4.mul(x0, d1)), 16);
    v128.store(row0, f32x4.add(v128.load(row0, 32), f32x4.mul(x0, d2)), 32);
    position += 2;
    byte += 1;
  }
}

// @ts-ignore: decorator
@inline
function addOuter1(position: usize, end: usize, byte: usize, scaled: usize, dW: usize, stride: usize, dz: usize): void {
  const d = v128.load(dz);
  while (position < end) {
    const row = dW + <usize>load<u16>(position) * stride;
    v128.store(row, f32x4.add(v128.load(row), f32x4.mul(v128.load_splat<f32>(scaled + (<usize>load<u8>(byte) << 2)), d)));
    position += 2;
    byte += 1;
  }
}

/**
 * The lists of n samples by row instead of by sample, for rows [from … to), which are those of segments
 * [first … last): row r's entries end at ends[r] and
 * begin where those of r − 1 end. An entry is 8 bytes: `step` times the sample's place (u32), and the pixel's
 * value (f32). A row's entries are in the order of the samples.
 */
export function sortByRow(net: usize, order: usize, n: usize, first: usize, last: usize, from: usize, to: usize, step: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const scaled = pointer(net, SCALED);
  const splits = pointer(net, SPLITS);
  const splitStep = (pointer(net, SEGMENTS) + 1) << 1;
  const ends = pointer(net, ENDS);
  memory.fill(ends + (from << 2), 0, (to - from) << 2);
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const split = splits + sample * splitStep;
    const list = lists + <usize>load<u32>(starts + (sample << 2)) * 3;
    const end = list + (<usize>load<u16>(split + (last << 1)) << 1);
    for (let position = list + (<usize>load<u16>(split + (first << 1)) << 1); position < end; position += 2) {
      const count = ends + (<usize>load<u16>(position) << 2);
      store<u32>(count, load<u32>(count) + 8);
    }
  }
  let free = pointer(net, SORTED);
  for (let r = from; r < to; r++) {
    const end = ends + (r << 2);
    const bytes = <usize>load<u32>(end);
    store<u32>(end, <u32>free);
    free += bytes;
  }
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const split = splits + sample * splitStep;
    const start = starts + (sample << 2);
    const begin = <usize>load<u32>(start);
    const list = lists + begin * 3;
    const skipped = <usize>load<u16>(split + (first << 1));
    const end = list + (<usize>load<u16>(split + (last << 1)) << 1);
    let byte = list + ((<usize>load<u32>(start, 4) - begin) << 1) + skipped;
    const place = <u32>(k * step);
    for (let position = list + (skipped << 1); position < end; position += 2, byte++) {
      const next = ends + (<usize>load<u16>(position) << 2);
      const entry = <usize>load<u32>(next);
      store<u32>(entry, place);
      store<f32>(entry, load<f32>(scaled + (<usize>load<u8>(byte) << 2)), 4);
      store<u32>(next, <u32>(entry + 8));
    }
  }
}
