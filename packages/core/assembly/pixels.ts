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
  ENDS, FIRST_ROWS, LISTS, pointer, sampleAt, SCALED, SEGMENTS, SORTED, SPLITS, STARTS, STRIDE, TILE_BYTES, TOUCHED, WIDTH,
} from './network';

/** Bytes of a full tile's row. */
export const TILE: usize = 128;

/**
 * Reads a word of each cache line that the samples' lists have for these segments, one after another, so that their
 * waits overlap: a fixed number, as a loop that ends now here, now there would make the processor guess, and wait.
 */
export function touch(net: usize, order: usize, n: usize, first: usize, last: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const segments = pointer(net, SEGMENTS);
  const splits = pointer(net, SPLITS) + (first << 1);
  const splitStep = (segments + 1) << 1;
  // An image has about 150 entries: three lines of rows and three of values, and one for where they are cut.
  const lines: usize = 1 + (3 * (last - first)) / segments;
  const bytes = lines << 6;
  let sum: u32 = 0;
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const start = starts + (sample << 2);
    const from = <usize>load<u32>(start);
    const count = <usize>load<u32>(start, 4) - from;
    const steps = lists + (from << 1) + <usize>load<u16>(splits + sample * splitStep);
    const values = steps + count;
    for (let at: usize = 0; at < bytes; at += 64) sum += <u32>load<u8>(steps + at) + <u32>load<u8>(values + at);
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
    if (left >= TILE) for (let segment = first; segment < last; segment++) tile8(net, order, n, segment, segment + 1, tile, target, partialStep, width);
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

/** One tile, or what is left of it: `lanes` vectors of outputs, which is a constant where this is called. */
// @ts-ignore: decorator
@inline
function overSegments(lanes: i32, net: usize, order: usize, n: usize, first: usize, last: usize, W: usize, stride: usize, partials: usize, partialStep: usize, width: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  const scaled = pointer(net, SCALED);
  const firstRows = pointer(net, FIRST_ROWS) + (first << 2);
  const splits = pointer(net, SPLITS) + (first << 1);
  const splitStep = (pointer(net, SEGMENTS) + 1) << 1;
  const splitBytes = (last - first) << 1;
  let row = partials + first * partialStep;
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const start = starts + (sample << 2);
    const from = <usize>load<u32>(start);
    const count = <usize>load<u32>(start, 4) - from;
    const steps = lists + (from << 1);
    let split = splits + sample * splitStep;
    const splitEnd = split + splitBytes;
    let begin = <usize>load<u16>(split);
    let target = row;
    let firstRow = firstRows;
    while (split < splitEnd) {
      split += 2;
      const end = <usize>load<u16>(split);
      const segment = W + <usize>load<u32>(firstRow) * stride;
      if (lanes == 8) forward8(steps + begin, steps + end, count, scaled, segment, target);
      else if (lanes == 3) forward3(steps + begin, steps + end, count, scaled, segment, stride, target);
      else forward1(steps + begin, steps + end, count, scaled, segment, stride, target);
      begin = end;
      target += partialStep;
      firstRow += 4;
    }
    row += width;
  }
}

function tile8(net: usize, order: usize, n: usize, first: usize, last: usize, W: usize, partials: usize, partialStep: usize, width: usize): void {
  overSegments(8, net, order, n, first, last, W, TILE, partials, partialStep, width);
}

function tile3(net: usize, order: usize, n: usize, first: usize, last: usize, W: usize, stride: usize, partials: usize, partialStep: usize, width: usize): void {
  overSegments(3, net, order, n, first, last, W, stride, partials, partialStep, width);
}

function tile1(net: usize, order: usize, n: usize, first: usize, last: usize, W: usize, stride: usize, partials: usize, partialStep: usize, width: usize): void {
  overSegments(1, net, order, n, first, last, W, stride, partials, partialStep, width);
}

// From step to end: an entry's value lies `count` bytes behind its step, the number of rows from the entry before it.

// @ts-ignore: decorator
@inline
function forward8(step: usize, end: usize, count: usize, scaled: usize, row: usize, z: usize): void {
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
    row += <usize>load<u8>(step, 1) << 7;
    const x1 = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count, 1) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x1, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x1, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x1, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x1, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x1, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x1, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x1, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x1, v128.load(row, 112)));
    step += 2;
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
function forward3(step: usize, end: usize, count: usize, scaled: usize, row: usize, stride: usize, z: usize): void {
  // Two sets of sums, over every other pixel: with three vectors alone, each addition would wait for the last.
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let t0 = s0;
  let t1 = s0;
  let t2 = s0;
  while (step < end) {
    row += <usize>load<u8>(step) * stride;
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(row, 32)));
    row += <usize>load<u8>(step, 1) * stride;
    const x1 = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count, 1) << 2));
    t0 = f32x4.add(t0, f32x4.mul(x1, v128.load(row, 0)));
    t1 = f32x4.add(t1, f32x4.mul(x1, v128.load(row, 16)));
    t2 = f32x4.add(t2, f32x4.mul(x1, v128.load(row, 32)));
    step += 2;
  }
  v128.store(z, f32x4.add(s2, t2), 32);
  v128.store(z, f32x4.add(s1, t1), 16);
  v128.store(z, f32x4.add(s0, t0), 0);
}

// @ts-ignore: decorator
@inline
function forward1(step: usize, end: usize, count: usize, scaled: usize, row: usize, stride: usize, z: usize): void {
  let s = f32x4.splat(0);
  for (; step < end; step++) {
    row += <usize>load<u8>(step) * stride;
    const x = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    s = f32x4.add(s, f32x4.mul(x, v128.load(row)));
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
  const firstRows = pointer(net, FIRST_ROWS) + (first << 2);
  const splits = pointer(net, SPLITS) + (first << 1);
  const splitStep = (pointer(net, SEGMENTS) + 1) << 1;
  const splitBytes = (last - first) << 1;
  const stride = pointer(layer, STRIDE);
  for (let k: usize = 0; k < n; k++) {
    const sample = sampleAt(order, k);
    const start = starts + (sample << 2);
    const from = <usize>load<u32>(start);
    const count = <usize>load<u32>(start, 4) - from;
    const steps = lists + (from << 1);
    let split = splits + sample * splitStep;
    const splitEnd = split + splitBytes;
    let step = steps + <usize>load<u16>(split);
    let firstRow = firstRows;
    while (split < splitEnd) {
      split += 2;
      const end = steps + <usize>load<u16>(split);
      const row = dW + <usize>load<u32>(firstRow) * stride;
      let column: usize = 0;
      for (; column + 48 <= stride; column += 48) addOuter3(step, end, count, scaled, row + column, stride, dz + column);
      for (; column < stride; column += 16) addOuter1(step, end, count, scaled, row + column, stride, dz + column);
      step = end;
      firstRow += 4;
    }
    dz += stride;
  }
}

// @ts-ignore: decorator
@inline
function addOuter3(step: usize, end: usize, count: usize, scaled: usize, row: usize, stride: usize, dz: usize): void {
  const d0 = v128.load(dz, 0);
  const d1 = v128.load(dz, 16);
  const d2 = v128.load(dz, 32);
  while (step < end) {
    row += <usize>load<u8>(step) * stride;
    const x0 = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    const r00 = f32x4.add(v128.load(row, 0), f32x4.mul(x0, d0));
    const r01 = f32x4.add(v128.load(row, 16), f32x4.mul(x0, d1));
    const r02 = f32x4.add(v128.load(row, 32), f32x4.mul(x0, d2));
    v128.store(row, r02, 32);
    v128.store(row, r01, 16);
    v128.store(row, r00, 0);
    row += <usize>load<u8>(step, 1) * stride;
    const x1 = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count, 1) << 2));
    const r10 = f32x4.add(v128.load(row, 0), f32x4.mul(x1, d0));
    const r11 = f32x4.add(v128.load(row, 16), f32x4.mul(x1, d1));
    const r12 = f32x4.add(v128.load(row, 32), f32x4.mul(x1, d2));
    v128.store(row, r12, 32);
    v128.store(row, r11, 16);
    v128.store(row, r10, 0);
    step += 2;
  }
}

// @ts-ignore: decorator
@inline
function addOuter1(step: usize, end: usize, count: usize, scaled: usize, row: usize, stride: usize, dz: usize): void {
  const d = v128.load(dz);
  for (; step < end; step++) {
    row += <usize>load<u8>(step) * stride;
    const x = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    v128.store(row, f32x4.add(v128.load(row), f32x4.mul(x, d)));
  }
}

/**
 * The lists of n samples by row instead of by sample, for rows [from … to), which are those of segments
 * [first … last): row r's entries end at ends[r] and
 * begin where those of r − 1 end. An entry is 8 bytes: `step` times the sample's place (u32), and the pixel's
 * value (f32). A row's entries are in the order of the samples.
 */
export function sortByRow(net: usize, order: usize, n: usize, first: usize, last: usize, from: usize, to: usize, step: usize): void {
  const ends = pointer(net, ENDS);
  memory.fill(ends + (from << 2), 0, (to - from) << 2);
  for (let k: usize = 0; k < n; k++) countRows(net, sampleAt(order, k), first, last, ends);
  let free = pointer(net, SORTED);
  for (let r = from; r < to; r++) {
    const end = ends + (r << 2);
    const bytes = <usize>load<u32>(end);
    store<u32>(end, <u32>free);
    free += bytes;
  }
  for (let k: usize = 0; k < n; k++) placeEntries(net, sampleAt(order, k), first, last, ends, <u32>(k * step));
}

// @ts-ignore: decorator
@inline
function countRows(net: usize, sample: usize, first: usize, last: usize, ends: usize): void {
  const steps = pointer(net, LISTS) + (<usize>load<u32>(pointer(net, STARTS) + (sample << 2)) << 1);
  const splits = pointer(net, SPLITS) + sample * ((pointer(net, SEGMENTS) + 1) << 1);
  for (let segment = first; segment < last; segment++) {
    const split = splits + (segment << 1);
    const end = steps + <usize>load<u16>(split, 2);
    let rowEnd = ends + (<usize>load<u32>(pointer(net, FIRST_ROWS) + (segment << 2)) << 2);
    for (let at = steps + <usize>load<u16>(split); at < end; at++) {
      rowEnd += <usize>load<u8>(at) << 2;
      store<u32>(rowEnd, load<u32>(rowEnd) + 8);
    }
  }
}

// @ts-ignore: decorator
@inline
function placeEntries(net: usize, sample: usize, first: usize, last: usize, ends: usize, place: u32): void {
  const start = pointer(net, STARTS) + (sample << 2);
  const from = <usize>load<u32>(start);
  const count = <usize>load<u32>(start, 4) - from;
  const steps = pointer(net, LISTS) + (from << 1);
  const splits = pointer(net, SPLITS) + sample * ((pointer(net, SEGMENTS) + 1) << 1);
  const scaled = pointer(net, SCALED);
  for (let segment = first; segment < last; segment++) {
    const split = splits + (segment << 1);
    const end = steps + <usize>load<u16>(split, 2);
    let rowEnd = ends + (<usize>load<u32>(pointer(net, FIRST_ROWS) + (segment << 2)) << 2);
    for (let at = steps + <usize>load<u16>(split); at < end; at++) {
      rowEnd += <usize>load<u8>(at) << 2;
      const entry = <usize>load<u32>(rowEnd);
      store<u32>(entry, place);
      store<f32>(entry, load<f32>(scaled + (<usize>load<u8>(at + count) << 2)), 4);
      store<u32>(rowEnd, <u32>(entry + 8));
    }
  }
}
