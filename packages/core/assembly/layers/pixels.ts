// The first layer where it is wide, over the samples' lists of pixels that are not 0: about one in five.
//
// W is input-major, so a pixel meets the outputs of its row side by side. A wide W is kept in tiles of 64 outputs, all
// rows of a tile one after another: they are what fits into registers, where vectors are joined, and a tile's pages and
// cache lines stay at hand while all samples of the chunk go through it. (In rows of full width every pixel would ask for
// another page.) What is left beside whole tiles is taken in half tiles, of 32 outputs.
//
// Here and in the other files two vectors that lie side by side are loaded before either is stored, with offsets that
// are constants, and stored from the last to the first: so V8 can join them into one of eight numbers, where it is asked
// to and the processor has those.
import { BY_ROW, BY_ROW_STEP, MASKS, SCALED, STRIDE, WIDTH } from '../fields';
import { pointer } from '../network';

/** Bytes of a full tile's row. */
export const TILE: usize = 256;
/** Bytes of a half tile's row. */
const HALF_TILE: usize = 128;

/** From a column on, all in bytes: a whole tile, if there is one, or half a tile. */
// @ts-ignore: decorator
@inline
export function columnsFrom(column: usize, width: usize): usize {
  return column + TILE <= width ? TILE : HALF_TILE;
}

/** Where a column of what is kept in tiles lies, `tileBytes` from one tile to the next. */
// @ts-ignore: decorator
@inline
export function inTiles(column: usize, tileBytes: usize): usize {
  return (column / TILE) * tileBytes + (column % TILE);
}

/**
 * Σ W·x over the lists from `begins` to `ends` of n samples, for the columns of one tile, or half tile, whose rows
 * begin with that of the list: into target + k·width, or added onto what stands there.
 */
export function forwardPixels(net: usize, layer: usize, columns: usize, n: usize, begins: usize, ends: usize, rows: usize, target: usize, onto: bool): void {
  if (columns == TILE) forward16(net, layer, n, begins, ends, rows, target, onto);
  else forward8(net, layer, n, begins, ends, rows, target, onto);
}

function forward16(net: usize, layer: usize, n: usize, begins: usize, ends: usize, rows: usize, target: usize, onto: bool): void {
  overLists(16, net, layer, n, begins, ends, rows, target, onto);
}

function forward8(net: usize, layer: usize, n: usize, begins: usize, ends: usize, rows: usize, target: usize, onto: bool): void {
  overLists(8, net, layer, n, begins, ends, rows, target, onto);
}

/** @param vectors of outputs, a constant where it is called */
// @ts-ignore: decorator
@inline
function overLists(vectors: i32, net: usize, layer: usize, n: usize, begins: usize, ends: usize, rows: usize, target: usize, onto: bool): void {
  const scaled = pointer(net, SCALED);
  const stride = pointer(layer, STRIDE);
  const width = pointer(layer, WIDTH);
  for (let k: usize = 0; k < n; k++, target += width) {
    const begin = <usize>load<u32>(begins + (k << 2));
    const count = (<usize>load<u32>(ends + (k << 2)) - begin) >> 1;
    forward(vectors, begin, begin + count, count, scaled, rows, stride, target, onto);
  }
}

/** From step to end: a pixel's value lies `count` bytes behind its step, the number of rows from the pixel before it. */
// @ts-ignore: decorator
@inline
function forward(vectors: i32, step: usize, end: usize, count: usize, scaled: usize, row: usize, stride: usize, z: usize, onto: bool): void {
  // unroll 0..15
  let s$ = f32x4.splat(0);
  for (; step < end; step++) {
    row += <usize>load<u8>(step) * (vectors == 16 ? TILE : stride);
    const x = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    // unroll 0..7
    s$ = f32x4.add(s$, f32x4.mul(x, v128.load(row, 16 * $)));
    if (vectors == 16) {
      // unroll 8..15
      s$ = f32x4.add(s$, f32x4.mul(x, v128.load(row, 16 * $)));
    }
  }
  if (onto) {
    // unroll 0..7
    s$ = f32x4.add(v128.load(z, 16 * $), s$);
    if (vectors == 16) {
      // unroll 8..15
      s$ = f32x4.add(v128.load(z, 16 * $), s$);
    }
  }
  if (vectors == 16) {
    // unroll 15..8
    v128.store(z, s$, 16 * $);
  }
  // unroll 7..0
  v128.store(z, s$, 16 * $);
}

/**
 * Spreads the pixels of n samples' lists by row instead of by sample: sample k's byte of row r of the list stands at
 * rows + r·byRowStep + k of `byRow`, which was 0.
 */
export function spreadByRow(net: usize, n: usize, begins: usize, ends: usize, firstRow: usize): void {
  const rowStep = pointer(net, BY_ROW_STEP);
  const rows = pointer(net, BY_ROW) + firstRow * rowStep;
  for (let k: usize = 0; k < n; k++) {
    const begin = <usize>load<u32>(begins + (k << 2));
    const count = (<usize>load<u32>(ends + (k << 2)) - begin) >> 1;
    let at = rows + k;
    for (let step = begin; step < begin + count; step++) {
      at += <usize>load<u8>(step) * rowStep;
      store<u8>(at, load<u8>(step + count));
    }
  }
}

/** Samples of a mask. */
export const MASK_SAMPLES: usize = 64;

/** Where the masks for n samples end. */
// @ts-ignore: decorator
@inline
export function masksEnd(net: usize, n: usize): usize {
  return pointer(net, MASKS) + (((n + MASK_SAMPLES - 1) / MASK_SAMPLES) << 3);
}

/** Sets the masks to the samples whose bytes are not 0, from `bytes` to `bytesEnd`; gives 0 where there is none. */
// @ts-ignore: decorator
@inline
export function setMasks(masks: usize, bytes: usize, bytesEnd: usize): u64 {
  let any: u64 = 0;
  const zero = i8x16.splat(0);
  for (; bytes < bytesEnd; bytes += MASK_SAMPLES, masks += 8) {
    const mask =
      <u64><u32>i8x16.bitmask(i8x16.ne(v128.load(bytes, 0), zero)) |
      (<u64><u32>i8x16.bitmask(i8x16.ne(v128.load(bytes, 16), zero)) << 16) |
      (<u64><u32>i8x16.bitmask(i8x16.ne(v128.load(bytes, 32), zero)) << 32) |
      (<u64><u32>i8x16.bitmask(i8x16.ne(v128.load(bytes, 48), zero)) << 48);
    store<u64>(masks, mask);
    any |= mask;
  }
  return any;
}

/** Zeros, a mask's bytes at a time: for so few, memory.fill takes longer to be called than to write. */
// @ts-ignore: decorator
@inline
export function clear(at: usize, end: usize): void {
  const zero = i32x4.splat(0);
  for (; at < end; at += MASK_SAMPLES) {
    v128.store(at, zero, 0);
    v128.store(at, zero, 16);
    v128.store(at, zero, 32);
    v128.store(at, zero, 48);
  }
}
