// The first layer, over the samples' lists of pixels that are not 0: about one in five.
//
// W is input-major, padded to four lanes, so a pixel meets the outputs of its row side by side. A wide W is kept
// in tiles of 32 outputs, all rows of a tile one after another: they are what fits into registers, and a tile's
// pages and cache lines stay at hand while all samples of the block go through it. (In rows of full width every
// pixel would ask for another page.)
import { ENDS, LISTS, pointer, sampleAt, SCALED, SEGMENTS, SORTED, SPLITS, STARTS, STRIDE, TILE_BYTES, TOUCHED, WIDTH } from './network';

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
 * z = W·x + b for n samples; a list's length is a multiple of four.
 *
 * Of a wide W, a tile's rows of one segment are what stays in the first cache while all samples pass.
 */
export function forwardPixels(net: usize, layer: usize, order: usize, n: usize, W: usize, b: usize, z: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const scaled = pointer(net, SCALED);
  const splits = pointer(net, SPLITS);
  const segments = pointer(net, SEGMENTS);
  const splitStep = (segments + 1) << 1;
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  let tile = W;
  let column: usize = 0;
  for (; column + TILE <= width; column += TILE) {
    for (let segment: usize = 0; segment < segments; segment++) {
      for (let k: usize = 0; k < n; k++) {
        const sample = sampleAt(order, k);
        const start = starts + (sample << 2);
        const from = <usize>load<u32>(start);
        const count = <usize>load<u32>(start, 4) - from;
        const split = splits + sample * splitStep + (segment << 1);
        const first = <usize>load<u16>(split);
        const positions = lists + from * 3;
        const target = z + k * width + column;
        forward8(positions + (first << 1), positions + (<usize>load<u16>(split, 2) << 1), positions + (count << 1) + first, scaled, tile, segment == 0 ? b + column : target, target);
      }
    }
    tile += tileBytes;
  }
  while (column < width) {
    const three = column + 48 <= width;
    for (let k: usize = 0; k < n; k++) {
      const start = starts + (sampleAt(order, k) << 2);
      const from = <usize>load<u32>(start);
      const positions = lists + from * 3;
      const bytes = positions + ((<usize>load<u32>(start, 4) - from) << 1);
      const target = z + k * width + column;
      if (three) forward3(positions, bytes, scaled, tile, stride, b + column, target);
      else forward1(positions, bytes, scaled, tile, stride, b + column, target);
    }
    column += three ? 48 : 16;
    tile += three ? 48 : 16;
  }
}

// @ts-ignore: decorator
@inline
function forward8(position: usize, end: usize, byte: usize, scaled: usize, W: usize, b: usize, z: usize): void {
  let s0 = v128.load(b, 0);
  let s1 = v128.load(b, 16);
  let s2 = v128.load(b, 32);
  let s3 = v128.load(b, 48);
  let s4 = v128.load(b, 64);
  let s5 = v128.load(b, 80);
  let s6 = v128.load(b, 96);
  let s7 = v128.load(b, 112);
  // Two at a time, as the loop itself costs as much as a vector or two.
  while (position + 2 < end) {
    const row = W + (<usize>load<u16>(position) << 7);
    const x = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
    const next = W + (<usize>load<u16>(position, 2) << 7);
    const y = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 1) << 2));
    s0 = f32x4.add(s0, f32x4.mul(y, v128.load(next, 0)));
    s1 = f32x4.add(s1, f32x4.mul(y, v128.load(next, 16)));
    s2 = f32x4.add(s2, f32x4.mul(y, v128.load(next, 32)));
    s3 = f32x4.add(s3, f32x4.mul(y, v128.load(next, 48)));
    s4 = f32x4.add(s4, f32x4.mul(y, v128.load(next, 64)));
    s5 = f32x4.add(s5, f32x4.mul(y, v128.load(next, 80)));
    s6 = f32x4.add(s6, f32x4.mul(y, v128.load(next, 96)));
    s7 = f32x4.add(s7, f32x4.mul(y, v128.load(next, 112)));
    position += 4;
    byte += 2;
  }
  if (position < end) {
    const row = W + (<usize>load<u16>(position) << 7);
    const x = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
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
function forward3(position: usize, bytes: usize, scaled: usize, W: usize, stride: usize, b: usize, z: usize): void {
  // Two sets of sums, over every other pixel: with three vectors alone, each addition would wait for the last.
  let s0 = v128.load(b, 0);
  let s1 = v128.load(b, 16);
  let s2 = v128.load(b, 32);
  let t0 = f32x4.splat(0);
  let t1 = f32x4.splat(0);
  let t2 = f32x4.splat(0);
  let byte = bytes;
  while (position < bytes) {
    const row0 = W + <usize>load<u16>(position, 0) * stride;
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 0) << 2));
    const row1 = W + <usize>load<u16>(position, 2) * stride;
    const x1 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 1) << 2));
    const row2 = W + <usize>load<u16>(position, 4) * stride;
    const x2 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 2) << 2));
    const row3 = W + <usize>load<u16>(position, 6) * stride;
    const x3 = v128.load_splat<f32>(scaled + (<usize>load<u8>(byte, 3) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(row0, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(row0, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(row0, 32)));
    t0 = f32x4.add(t0, f32x4.mul(x1, v128.load(row1, 0)));
    t1 = f32x4.add(t1, f32x4.mul(x1, v128.load(row1, 16)));
    t2 = f32x4.add(t2, f32x4.mul(x1, v128.load(row1, 32)));
    s0 = f32x4.add(s0, f32x4.mul(x2, v128.load(row2, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x2, v128.load(row2, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x2, v128.load(row2, 32)));
    t0 = f32x4.add(t0, f32x4.mul(x3, v128.load(row3, 0)));
    t1 = f32x4.add(t1, f32x4.mul(x3, v128.load(row3, 16)));
    t2 = f32x4.add(t2, f32x4.mul(x3, v128.load(row3, 32)));
    position += 8;
    byte += 4;
  }
  v128.store(z, f32x4.add(s0, t0), 0);
  v128.store(z, f32x4.add(s1, t1), 16);
  v128.store(z, f32x4.add(s2, t2), 32);
}

// @ts-ignore: decorator
@inline
function forward1(position: usize, bytes: usize, scaled: usize, W: usize, stride: usize, b: usize, z: usize): void {
  let s = v128.load(b);
  let byte = bytes;
  while (position < bytes) {
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
