// Sums of gradients over samples, row by row: dW of a row is Σ x·dz over the samples whose input is not 0 there. The sum
// stays in registers, and has the same order whoever computed the samples' dz.
import { ACTIVATIONS, ACTIVATION_STEP, DELTAS, DELTA_TILE, MASKS, ROW_COUNTS, ROW_ENDS, ROW_ORDER, SCALED, STRIDE, VALUES, WIDTH } from '../fields';
import { pointer } from '../network';
import { descend, stepFactor } from '../sgd';
import { columnsFrom, inTiles, MASK_SAMPLES, TILE } from './pixels';

// What becomes of a row's sums.
export const STORE: i32 = 0;
export const ADD: i32 = 1;
/** p −= (α / m)·Σ where the row of W stands. */
export const STEP: i32 = 2;

/** The samples [from … to) in the mask of 64 samples that begins with `start`. */
// @ts-ignore: decorator
@inline
function maskOf(masks: usize, start: usize, from: usize, to: usize): u64 {
  let mask = load<u64>(masks + (start >> 3));
  if (start < from) mask &= <u64>-1 << <u64>(from - start);
  if (to - start < MASK_SAMPLES) mask &= ((<u64>1) << <u64>(to - start)) - 1;
  return mask;
}

/**
 * Sorts rows by the number of the samples [from … to) that they have, and gives how many have none; those come first. In
 * this order the loop over a row's samples ends when the processor expects it, which saves a third of the time.
 *
 * @param masks of the first row, `maskBytes` from one row's to the next row's
 */
export function sortRows(net: usize, rows: usize, masks: usize, maskBytes: usize, from: usize, to: usize): usize {
  const counts = pointer(net, ROW_COUNTS);
  const ends = pointer(net, ROW_ENDS);
  memory.fill(ends, 0, (to - from + 1) << 2);
  for (let r: usize = 0; r < rows; r++, masks += maskBytes) {
    let count: u64 = 0;
    for (let start = from & ~(MASK_SAMPLES - 1); start < to; start += MASK_SAMPLES) count += popcnt(maskOf(masks, start, from, to));
    store<u16>(counts + (r << 1), <u16>count);
    const end = ends + (<usize>count << 2);
    store<u32>(end, load<u32>(end) + 1);
  }
  let sum: u32 = 0;
  const none = <usize>load<u32>(ends);
  for (let count: usize = 0; count <= to - from; count++) {
    const end = ends + (count << 2);
    const these = load<u32>(end);
    store<u32>(end, sum);
    sum += these;
  }
  const order = pointer(net, ROW_ORDER);
  for (let r: usize = 0; r < rows; r++) {
    const end = ends + (<usize>load<u16>(counts + (r << 1)) << 2);
    const place = load<u32>(end);
    store<u16>(order + (<usize>place << 1), <u16>r);
    store<u32>(end, place + 1);
  }
  return none;
}

/** Whether the masks have any of the samples [from … to). */
// @ts-ignore: decorator
@inline
export function hasAny(net: usize, from: usize, to: usize): bool {
  const masks = pointer(net, MASKS);
  for (let start = from & ~(MASK_SAMPLES - 1); start < to; start += MASK_SAMPLES) {
    if (maskOf(masks, start, from, to) != 0) return true;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function columnsOf(vectors: i32, masks: usize, from: usize, to: usize, index: usize, table: usize, dz: usize, stride: usize, at: usize, outcome: i32): void {
  // unroll 0..15
  let s$ = f32x4.splat(0);
  for (let start = from & ~(MASK_SAMPLES - 1); start < to; start += MASK_SAMPLES) {
    for (let mask = maskOf(masks, start, from, to); mask != 0; mask &= mask - 1) {
      const k = start + <usize>ctz(mask);
      const x = v128.load_splat<f32>(table + (<usize>load<u8>(index + k) << 2));
      const delta = dz + k * stride;
      // unroll 0..7
      s$ = f32x4.add(s$, f32x4.mul(x, v128.load(delta, 16 * $)));
      if (vectors == 16) {
        // unroll 8..15
        s$ = f32x4.add(s$, f32x4.mul(x, v128.load(delta, 16 * $)));
      }
    }
  }
  if (outcome == STEP) {
    const factor = stepFactor();
    // unroll 0..7
    s$ = descend(factor, v128.load(at, 16 * $), s$);
    if (vectors == 16) {
      // unroll 8..15
      s$ = descend(factor, v128.load(at, 16 * $), s$);
    }
  } else if (outcome == ADD) {
    // unroll 0..7
    s$ = f32x4.add(v128.load(at, 16 * $), s$);
    if (vectors == 16) {
      // unroll 8..15
      s$ = f32x4.add(v128.load(at, 16 * $), s$);
    }
  }
  if (vectors == 16) {
    // unroll 15..8
    v128.store(at, s$, 16 * $);
  }
  // unroll 7..0
  v128.store(at, s$, 16 * $);
}

function columns16(masks: usize, from: usize, to: usize, index: usize, table: usize, dz: usize, stride: usize, at: usize, outcome: i32): void {
  columnsOf(16, masks, from, to, index, table, dz, stride, at, outcome);
}

function columns8(masks: usize, from: usize, to: usize, index: usize, table: usize, dz: usize, stride: usize, at: usize, outcome: i32): void {
  columnsOf(8, masks, from, to, index, table, dz, stride, at, outcome);
}

/**
 * One row of W, or b, in one tile, or half tile: those of the chunk's samples [from … to) that are in the masks against
 * the tile of dz.
 *
 * @param index u8 per sample of the chunk: where its value stands in the table
 * @param at where the sums go
 */
// @ts-ignore: decorator
@inline
export function sumTile(columns: usize, masks: usize, from: usize, to: usize, index: usize, table: usize, dz: usize, stride: usize, at: usize, outcome: i32): void {
  if (columns == TILE) columns16(masks, from, to, index, table, dz, stride, at, outcome);
  else columns8(masks, from, to, index, table, dz, stride, at, outcome);
}

/** The same in all tiles; `tile` from one tile of the sums to the next. */
export function sumRow(layer: usize, masks: usize, from: usize, to: usize, index: usize, table: usize, at: usize, tile: usize, outcome: i32): void {
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const deltas = pointer(layer, DELTAS);
  const deltaTile = pointer(layer, DELTA_TILE);
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    sumTile(columns, masks, from, to, index, table, deltas + inTiles(column, deltaTile), stride, at + inTiles(column, tile), outcome);
    column += columns;
  }
}

/**
 * Sets the masks, and the table of values, for a row whose input has f32 values, `step` bytes from one sample's to the
 * next sample's; gives 0 where all are 0.
 */
export function readValues(net: usize, a: usize, step: usize, n: usize): u64 {
  const table = pointer(net, VALUES);
  const masks = pointer(net, MASKS);
  let mask: u64 = 0;
  let any: u64 = 0;
  for (let k: usize = 0; k < n; k++, a += step) {
    const value = load<f32>(a);
    store<f32>(table + (k << 2), value);
    if (k % MASK_SAMPLES == 0) mask = 0;
    mask |= <u64>(value != 0) << (k % MASK_SAMPLES);
    store<u64>(masks + ((k / MASK_SAMPLES) << 3), mask);
    any |= mask;
  }
  return any;
}

/** Where the input of b is found: the last of the scaled bytes is 1. */
// @ts-ignore: decorator
@inline
export function one(net: usize): usize {
  return pointer(net, SCALED) + 255 * 4;
}

/** Bytes of a row of at most twelve outputs. */
export const TWELVE: usize = 48;

/**
 * Four rows of twelve outputs, into `sums`: Σ a·dz over n samples, in their order. Half of the activations are 0, but
 * leaving them out would take longer.
 *
 * @param a side by side, `step` bytes from one sample's to the next sample's
 */
export function dense(a: usize, step: usize, n: usize, dz: usize, sums: usize): void {
  // unroll 0..3
  let s$0 = f32x4.splat(0), s$1 = s$0, s$2 = s$0;
  for (const end = dz + n * TWELVE; dz < end; dz += TWELVE, a += step) {
    const d0 = v128.load(dz, 0);
    const d1 = v128.load(dz, 16);
    const d2 = v128.load(dz, 32);
    // unroll 0..3
    const a$ = v128.load_splat<f32>(a, 4 * $); s$0 = f32x4.add(s$0, f32x4.mul(a$, d0)); s$1 = f32x4.add(s$1, f32x4.mul(a$, d1)); s$2 = f32x4.add(s$2, f32x4.mul(a$, d2));
  }
  // unroll 3..0
  v128.store(sums, s$2, 48 * $ + 32); v128.store(sums, s$1, 48 * $ + 16); v128.store(sums, s$0, 48 * $);
}

/** Where the activations of the samples from `place` of the chunk on begin. */
// @ts-ignore: decorator
@inline
export function activationsFrom(layer: usize, place: usize): usize {
  return pointer(layer, ACTIVATIONS) + place * pointer(layer, ACTIVATION_STEP);
}
