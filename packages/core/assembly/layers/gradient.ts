// Gradients summed over samples, row by row: a row of dW is Σ x·dz over the samples whose input x is not 0. The sums
// stay in registers. They are added in the order of the samples, whichever worker computed the dz.
import { ACTIVATIONS, ACTIVATION_STEP, DELTAS, DELTA_TILE, MASKS, ROW_COUNTS, ROW_ENDS, ROW_ORDER, SCALED, STRIDE, VALUES, WIDTH } from '../fields';
import { pointer } from '../network';
import { descend, stepFactor } from '../sgd';
import { columnsFrom, inTiles, MASK_SAMPLES, TILE } from './pixels';

// What happens to a row's sums at their address.
export const STORE: i32 = 0;
export const ADD: i32 = 1;
/** Steps the row of W at this address: p −= (α / m)·Σ. */
export const STEP: i32 = 2;

/** The mask of the 64 samples from `start` on, limited to the samples [from … to). */
// @ts-ignore: decorator
@inline
function maskOf(masks: usize, start: usize, from: usize, to: usize): u64 {
  let mask = load<u64>(masks + (start >> 3));
  if (start < from) mask &= <u64>-1 << <u64>(from - start);
  if (to - start < MASK_SAMPLES) mask &= ((<u64>1) << <u64>(to - start)) - 1;
  return mask;
}

/**
 * Sorts the rows by the number of samples in [from … to) whose input is not 0, and returns how many rows have no such
 * sample; those come first. Rows of equal numbers follow one another, so the processor predicts the end of the loop
 * over a row's samples, which saves a third of the time.
 *
 * @param masks masks of the first row; `maskBytes` from one row's to the next row's
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

/** Whether any of the samples [from … to) is in the masks. */
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
 * Sums one row of dW, or db, in one tile or half tile: Σ x·dz over the samples [from … to) of the chunk that are in
 * the masks.
 *
 * @param index u8 per sample of the chunk: the index of its input in the table of f32 values
 * @param dz the tile of dz, `stride` bytes from one sample to the next
 * @param at where the sums go, in the way that `outcome` names
 */
// @ts-ignore: decorator
@inline
export function sumTile(columns: usize, masks: usize, from: usize, to: usize, index: usize, table: usize, dz: usize, stride: usize, at: usize, outcome: i32): void {
  if (columns == TILE) columns16(masks, from, to, index, table, dz, stride, at, outcome);
  else columns8(masks, from, to, index, table, dz, stride, at, outcome);
}

/** Sums one row of dW, or db, in all tiles; `tile` bytes from one tile of the sums to the next. */
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
 * Writes the masks and the table of values for a row whose inputs are f32, `step` bytes from one sample's to the next
 * sample's. Returns 0 if all inputs are 0.
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

/** Address of a 1, the input of b: the last of the scaled bytes. */
// @ts-ignore: decorator
@inline
export function one(net: usize): usize {
  return pointer(net, SCALED) + 255 * 4;
}

/** Bytes of a row of twelve outputs; rows of fewer outputs are padded to it. */
export const TWELVE: usize = 48;

/**
 * Sums four rows of twelve outputs into `sums`: Σ a·dz over n samples, in their order. Half of the activations are 0,
 * but skipping them would take longer.
 *
 * @param a address of the first sample's four activations; `step` bytes from one sample to the next
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

/** Address of the activations of the sample at `place` of the chunk; those of the next samples follow. */
// @ts-ignore: decorator
@inline
export function activationsFrom(layer: usize, place: usize): usize {
  return pointer(layer, ACTIVATIONS) + place * pointer(layer, ACTIVATION_STEP);
}
