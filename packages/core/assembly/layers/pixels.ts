// The first layer where it is wide, with the samples' lists of non-zero pixels: about one pixel in five.
//
// W is input-major: a pixel is multiplied by the outputs of its row, which lie side by side. A wide W is kept in
// tiles of 64 outputs, all rows of a tile one after another. The sums of 64 outputs fit into registers where V8 joins
// vectors, and the pages and cache lines of a tile stay cached while all samples of the chunk use it. (In rows of
// full width, every pixel would touch another page.) The outputs behind the last whole tile are computed in half
// tiles, of 32 outputs.
//
// Here and in the other files, two adjacent vectors are loaded before either is stored, with constant offsets, and
// stored from the last to the first: then V8 can join the two into one vector of eight numbers, if its flag is set
// and the processor has such vectors.
import { BY_ROW, BY_ROW_STEP, MASKS, SCALED, STRIDE, WIDTH } from '../fields';
import { pointer } from '../network';

/** Bytes of a full tile's row. */
export const TILE: usize = 256;
/** Bytes of a half tile's row. */
const HALF_TILE: usize = 128;

/**
 * Bytes of the columns that are computed together from a column (in bytes) on: a whole tile if there is one,
 * otherwise half a tile.
 */
// @ts-ignore: decorator
@inline
export function columnsFrom(column: usize, width: usize): usize {
  return column + TILE <= width ? TILE : HALF_TILE;
}

/** Offset of a column (in bytes) of a row that is kept in tiles, `tileBytes` from one tile to the next. */
// @ts-ignore: decorator
@inline
export function inTiles(column: usize, tileBytes: usize): usize {
  return (column / TILE) * tileBytes + (column % TILE);
}

/**
 * Σ W·x over the lists from `begins` to `ends` of n samples, for the columns of one tile or half tile, into target +
 * k·width; if `onto`, added to the values there.
 *
 * @param rows address of the lists' first row of W, in this tile
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

/** @param vectors number of vectors of outputs: a constant in each caller, so that the compiler removes the branches */
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

/**
 * Σ W·x over one list, whose steps lie from `step` to `end`. A step is the number of rows from the pixel before; the
 * pixel's value lies `count` bytes behind its step.
 */
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
 * Sorts the pixels of n samples' lists by row: writes sample k's byte of the list's row r to `byRow`, at rows +
 * r·byRowStep + k. `byRow` must be 0 before; the caller clears it after use.
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

/** Number of samples in a mask. */
export const MASK_SAMPLES: usize = 64;

/** Address where the masks of n samples end. */
// @ts-ignore: decorator
@inline
export function masksEnd(net: usize, n: usize): usize {
  return pointer(net, MASKS) + (((n + MASK_SAMPLES - 1) / MASK_SAMPLES) << 3);
}

/** Writes the masks of the samples whose bytes, from `bytes` to `bytesEnd`, are not 0. Returns 0 if all bytes are 0. */
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

/** Writes zeros, 64 bytes at a time: for so few bytes, calling memory.fill takes longer than writing. */
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
