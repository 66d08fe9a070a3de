// The gradient of W and b, and the SGD step, row by row: each worker owns some of the rows of every layer, and no
// two workers write to the same place.
//
// A sample's gradient of W is an outer product, dz·xᵀ, and is kept as its two factors until here. A row of W
// belongs to one input, so its gradient is Σ x·dz over the samples in whose list that input is: the sum stays in
// registers, in the same order whoever computed their dz.
//
// A small layer above the first is another case: its gradient is less than its factors. Each shard's is summed up where
// they are, into a slot of its own, and here the slots are added, in their order.
import { fetch } from './lists';
import {
  ACTIVATION_STEP, ACTIVATIONS, BIASES, BY_ROW, COUNTING, DELTA_TILE, DELTAS, INPUTS, MASKS, pointer, ROW_BYTES, SCALED, SCRATCH, SEGMENTS, SLOT_BYTES, SLOTS, STRIDE, TABLE, TILE_BYTES, WEIGHTS, WIDTH,
} from './network';
import { addOuterPatches, PATCH, tilesEnd } from './patches';
import { columnsFrom, firstRowOf, inTiles, spreadByRow, TILE } from './pixels';

// Of the step that is being taken; set at its beginning, each worker's own.
let velocities: isize = 0; // from the parameters to their velocities, in bytes
let totals: isize = 0; // from the parameters to what earlier chunks of the batch added up; 0: there is one chunk
let last: bool = true; // this is the batch's last chunk, so the step is taken
let inverse: f32 = 0; // 1 / m
let rate: f32 = 0;
let momentum: f32 = 0;
let plain: bool = true; // one chunk and no momentum: p −= (α / m)·Σ
let scratch: usize = 0; // a tile's sums, on their way from registers to `finish`

// Of the layer whose rows are under way.
let scaled: usize = 0;
let deltas: usize = 0;
let deltaTile: usize = 0;
let stride: usize = 0;
let tileBytes: usize = 0;
let width: usize = 0;

function beginLayer(net: usize, layer: usize): void {
  scaled = pointer(net, SCALED);
  deltas = pointer(layer, DELTAS);
  deltaTile = pointer(layer, DELTA_TILE);
  stride = pointer(layer, STRIDE);
  tileBytes = pointer(layer, TILE_BYTES);
  width = pointer(layer, WIDTH);
}

export function beginRows(net: usize, parameters: usize, velocity: usize, total: usize, isLast: bool, m: f32, learningRate: f32, mu: f32): void {
  velocities = <isize>velocity - <isize>parameters;
  totals = total == 0 ? 0 : <isize>total - <isize>parameters;
  last = isLast;
  inverse = 1 / m;
  rate = learningRate;
  momentum = mu;
  plain = total == 0 && mu == 0;
  scratch = pointer(net, SCRATCH);
}

/** `bytes` of sums over the chunk are there: to the totals, or into the step p −= α·v with v = μ·v + Σ / m. */
function finish(at: usize, sums: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 16, sums += 16) {
    let sum = v128.load(sums);
    if (totals != 0) {
      const total = at + totals;
      sum = f32x4.add(v128.load(total), sum);
      if (!last) {
        v128.store(total, sum);
        continue;
      }
      v128.store(total, f32x4.splat(0));
    }
    if (momentum == 0) {
      v128.store(at, f32x4.sub(v128.load(at), f32x4.mul(f32x4.splat(rate * inverse), sum)));
      continue;
    }
    const velocity = at + velocities;
    const v = f32x4.add(f32x4.mul(f32x4.splat(momentum), v128.load(velocity)), f32x4.mul(sum, f32x4.splat(inverse)));
    v128.store(velocity, v);
    v128.store(at, f32x4.sub(v128.load(at), f32x4.mul(f32x4.splat(rate), v)));
  }
}

/** p −= (α / m)·Σ for `bytes` of parameters, and Σ = 0 again. */
function descend(at: usize, sums: usize, bytes: usize): void {
  const factor = f32x4.splat(rate * inverse);
  const zero = f32x4.splat(0);
  for (const end = at + bytes; at < end; at += 32, sums += 32) {
    const p0 = f32x4.sub(v128.load(at, 0), f32x4.mul(factor, v128.load(sums, 0)));
    const p1 = f32x4.sub(v128.load(at, 16), f32x4.mul(factor, v128.load(sums, 16)));
    v128.store(at, p1, 16);
    v128.store(at, p0, 0);
    v128.store(sums, zero, 16);
    v128.store(sums, zero, 0);
  }
}

/** A row of no entries moves only by what earlier chunks or velocity hold. */
// @ts-ignore: decorator
@inline
function restsWithoutEntries(): bool {
  return last ? totals == 0 && momentum == 0 : true;
}

/** Samples of a mask. */
const MASK_SAMPLES: usize = 64;

/** Bytes of the masks for n samples. */
// @ts-ignore: decorator
@inline
function sizeOfMasks(n: usize): usize {
  return ((n + MASK_SAMPLES - 1) / MASK_SAMPLES) << 3;
}

/** A sample's value. */
// @ts-ignore: decorator
@inline
function valueOf(index: usize, table: usize): v128 {
  return v128.load_splat<f32>(table + (<usize>load<u8>(index) << 2));
}

// @ts-ignore: decorator
@inline
function columnsOf(vectors: i32, masks: usize, masksEnd: usize, index: usize, table: usize, dz: usize, at: usize): void {
  const step = stride;
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  let s8 = s0;
  let s9 = s0;
  let s10 = s0;
  let s11 = s0;
  let s12 = s0;
  let s13 = s0;
  let s14 = s0;
  let s15 = s0;
  for (; masks < masksEnd; masks += 8, index += MASK_SAMPLES, dz += MASK_SAMPLES * step) {
    for (let mask = load<u64>(masks); mask != 0; mask &= mask - 1) {
      const k = <usize>ctz(mask);
      const x = valueOf(index + k, table);
      const delta = dz + k * step;
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(delta, 0)));
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(delta, 16)));
      s2 = f32x4.add(s2, f32x4.mul(x, v128.load(delta, 32)));
      s3 = f32x4.add(s3, f32x4.mul(x, v128.load(delta, 48)));
      s4 = f32x4.add(s4, f32x4.mul(x, v128.load(delta, 64)));
      s5 = f32x4.add(s5, f32x4.mul(x, v128.load(delta, 80)));
      s6 = f32x4.add(s6, f32x4.mul(x, v128.load(delta, 96)));
      s7 = f32x4.add(s7, f32x4.mul(x, v128.load(delta, 112)));
      if (vectors == 16) {
        s8 = f32x4.add(s8, f32x4.mul(x, v128.load(delta, 128)));
        s9 = f32x4.add(s9, f32x4.mul(x, v128.load(delta, 144)));
        s10 = f32x4.add(s10, f32x4.mul(x, v128.load(delta, 160)));
        s11 = f32x4.add(s11, f32x4.mul(x, v128.load(delta, 176)));
        s12 = f32x4.add(s12, f32x4.mul(x, v128.load(delta, 192)));
        s13 = f32x4.add(s13, f32x4.mul(x, v128.load(delta, 208)));
        s14 = f32x4.add(s14, f32x4.mul(x, v128.load(delta, 224)));
        s15 = f32x4.add(s15, f32x4.mul(x, v128.load(delta, 240)));
      }
    }
  }
  if (plain) {
    const factor = f32x4.splat(rate * inverse);
    s0 = f32x4.sub(v128.load(at, 0), f32x4.mul(factor, s0));
    s1 = f32x4.sub(v128.load(at, 16), f32x4.mul(factor, s1));
    s2 = f32x4.sub(v128.load(at, 32), f32x4.mul(factor, s2));
    s3 = f32x4.sub(v128.load(at, 48), f32x4.mul(factor, s3));
    s4 = f32x4.sub(v128.load(at, 64), f32x4.mul(factor, s4));
    s5 = f32x4.sub(v128.load(at, 80), f32x4.mul(factor, s5));
    s6 = f32x4.sub(v128.load(at, 96), f32x4.mul(factor, s6));
    s7 = f32x4.sub(v128.load(at, 112), f32x4.mul(factor, s7));
    if (vectors == 16) {
      s8 = f32x4.sub(v128.load(at, 128), f32x4.mul(factor, s8));
      s9 = f32x4.sub(v128.load(at, 144), f32x4.mul(factor, s9));
      s10 = f32x4.sub(v128.load(at, 160), f32x4.mul(factor, s10));
      s11 = f32x4.sub(v128.load(at, 176), f32x4.mul(factor, s11));
      s12 = f32x4.sub(v128.load(at, 192), f32x4.mul(factor, s12));
      s13 = f32x4.sub(v128.load(at, 208), f32x4.mul(factor, s13));
      s14 = f32x4.sub(v128.load(at, 224), f32x4.mul(factor, s14));
      s15 = f32x4.sub(v128.load(at, 240), f32x4.mul(factor, s15));
      v128.store(at, s15, 240);
      v128.store(at, s14, 224);
      v128.store(at, s13, 208);
      v128.store(at, s12, 192);
      v128.store(at, s11, 176);
      v128.store(at, s10, 160);
      v128.store(at, s9, 144);
      v128.store(at, s8, 128);
    }
    v128.store(at, s7, 112);
    v128.store(at, s6, 96);
    v128.store(at, s5, 80);
    v128.store(at, s4, 64);
    v128.store(at, s3, 48);
    v128.store(at, s2, 32);
    v128.store(at, s1, 16);
    v128.store(at, s0, 0);
    return;
  }
  if (vectors == 16) {
    v128.store(scratch, s15, 240);
    v128.store(scratch, s14, 224);
    v128.store(scratch, s13, 208);
    v128.store(scratch, s12, 192);
    v128.store(scratch, s11, 176);
    v128.store(scratch, s10, 160);
    v128.store(scratch, s9, 144);
    v128.store(scratch, s8, 128);
  }
  v128.store(scratch, s7, 112);
  v128.store(scratch, s6, 96);
  v128.store(scratch, s5, 80);
  v128.store(scratch, s4, 64);
  v128.store(scratch, s3, 48);
  v128.store(scratch, s2, 32);
  v128.store(scratch, s1, 16);
  v128.store(scratch, s0, 0);
  finish(at, scratch, <usize>vectors << 4);
}

function columns16(masks: usize, masksEnd: usize, index: usize, table: usize, dz: usize, at: usize): void {
  columnsOf(16, masks, masksEnd, index, table, dz, at);
}

function columns8(masks: usize, masksEnd: usize, index: usize, table: usize, dz: usize, at: usize): void {
  columnsOf(8, masks, masksEnd, index, table, dz, at);
}

/**
 * One row of W, or b: the samples in its masks against all tiles of dz.
 *
 * @param index u8 per sample: where its value stands in the table
 * @param tile the distance from one tile of the row to the next
 */
function row(masks: usize, masksEnd: usize, index: usize, table: usize, at: usize, tile: usize): void {
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    const dz = deltas + inTiles(column, deltaTile);
    const target = at + inTiles(column, tile);
    if (columns == TILE) columns16(masks, masksEnd, index, table, dz, target);
    else columns8(masks, masksEnd, index, table, dz, target);
    column += columns;
  }
}

/** Sets the masks to the samples whose bytes are not 0, from `bytes` to `bytesEnd`; gives 0 where there is none. */
// @ts-ignore: decorator
@inline
function setMasks(masks: usize, bytes: usize, bytesEnd: usize): u64 {
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
function clear(at: usize, end: usize): void {
  const zero = i32x4.splat(0);
  for (; at < end; at += MASK_SAMPLES) {
    v128.store(at, zero, 0);
    v128.store(at, zero, 16);
    v128.store(at, zero, 32);
    v128.store(at, zero, 48);
  }
}

/** Rows of the first layer, those of segments [first … end), for a chunk of n samples. */
export function pixelRows(net: usize, layer: usize, parameters: usize, n: usize, first: usize, end: usize): void {
  beginLayer(net, layer);
  const weights = parameters + pointer(layer, WEIGHTS);
  const masks = pointer(net, MASKS);
  const masksEnd = masks + sizeOfMasks(n);
  const rowBytes = pointer(net, ROW_BYTES);
  const used = sizeOfMasks(n) << 3;
  const rests = restsWithoutEntries();
  for (let column: usize = 0, dz = deltas; column < width; column += TILE, dz += deltaTile) fetch(net, dz, n * stride);
  spreadByRow(net, n, first, end);
  const to = firstRowOf(net, end);
  let index = pointer(net, BY_ROW) + firstRowOf(net, first) * rowBytes;
  for (let r = firstRowOf(net, first); r < to; r++, index += rowBytes) {
    if (setMasks(masks, index, index + used) == 0 && rests) continue;
    row(masks, masksEnd, index, scaled, weights + r * stride, tileBytes);
    clear(index, index + used);
  }
}

/**
 * Patches of the first layer, those of segments [first … end), for a chunk of n samples. They are added to
 * sample by sample: to turn them by row would cost more than the registers save.
 */
export function patchRows(net: usize, layer: usize, parameters: usize, gradient: usize, n: usize, first: usize, end: usize): void {
  const dW = gradient + pointer(layer, WEIGHTS);
  addOuterPatches(net, layer, n, first, end, dW, pointer(layer, DELTAS));
  if (!last) return;
  // Pixels were bytes.
  inverse /= 255;
  totals = 0;
  const begin = firstRowOf(net, first) * PATCH;
  const bytes = firstRowOf(net, end) * PATCH - begin;
  const tileBytes = pointer(layer, TILE_BYTES);
  const toParameters = parameters - gradient;
  const tiles = tilesEnd(layer, dW);
  for (let tile = dW; tile + tileBytes <= tiles; tile += tileBytes) {
    const sums = tile + begin;
    if (momentum == 0) {
      descend(sums + toParameters, sums, bytes);
    } else {
      finish(sums + toParameters, sums, bytes);
      memory.fill(sums, 0, bytes);
    }
  }
}

/** Bytes of a row of at most twelve outputs. */
const TWELVE: usize = 48;

/**
 * Four rows of twelve outputs, into `sums`: Σ a·dz over n samples, in their order. Half of the activations are 0, but
 * leaving them out would take longer.
 *
 * @param a side by side, `step` bytes from one sample's to the next's
 */
function dense(a: usize, step: usize, n: usize, dz: usize, sums: usize): void {
  const zero = f32x4.splat(0);
  let s00 = zero;
  let s01 = zero;
  let s02 = zero;
  let s10 = zero;
  let s11 = zero;
  let s12 = zero;
  let s20 = zero;
  let s21 = zero;
  let s22 = zero;
  let s30 = zero;
  let s31 = zero;
  let s32 = zero;
  for (const end = dz + n * TWELVE; dz < end; dz += TWELVE, a += step) {
    const d0 = v128.load(dz, 0);
    const d1 = v128.load(dz, 16);
    const d2 = v128.load(dz, 32);
    const a0 = v128.load_splat<f32>(a, 0);
    s00 = f32x4.add(s00, f32x4.mul(a0, d0));
    s01 = f32x4.add(s01, f32x4.mul(a0, d1));
    s02 = f32x4.add(s02, f32x4.mul(a0, d2));
    const a1 = v128.load_splat<f32>(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(a1, d0));
    s11 = f32x4.add(s11, f32x4.mul(a1, d1));
    s12 = f32x4.add(s12, f32x4.mul(a1, d2));
    const a2 = v128.load_splat<f32>(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(a2, d0));
    s21 = f32x4.add(s21, f32x4.mul(a2, d1));
    s22 = f32x4.add(s22, f32x4.mul(a2, d2));
    const a3 = v128.load_splat<f32>(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(a3, d0));
    s31 = f32x4.add(s31, f32x4.mul(a3, d1));
    s32 = f32x4.add(s32, f32x4.mul(a3, d2));
  }
  v128.store(sums, s32, 176);
  v128.store(sums, s31, 160);
  v128.store(sums, s30, 144);
  v128.store(sums, s22, 128);
  v128.store(sums, s21, 112);
  v128.store(sums, s20, 96);
  v128.store(sums, s12, 80);
  v128.store(sums, s11, 64);
  v128.store(sums, s10, 48);
  v128.store(sums, s02, 32);
  v128.store(sums, s01, 16);
  v128.store(sums, s00, 0);
}

/** A shard's gradient of a layer that has slots, its n samples from `place` of the chunk on. */
export function fillSlot(net: usize, layer: usize, below: usize, place: usize, n: usize, shard: usize): void {
  beginLayer(net, layer);
  const step = pointer(below, ACTIVATION_STEP);
  const a = pointer(below, ACTIVATIONS) + place * step;
  const dz = deltas + place * TWELVE;
  const slot = pointer(layer, SLOTS) + shard * pointer(layer, SLOT_BYTES);
  const inputs = pointer(layer, INPUTS);
  // Behind the inputs stands the 1 of b; see relu in hidden.ts.
  for (let r: usize = 0; r <= inputs; r += 4) dense(a + (r << 2), step, n, dz, slot + r * TWELVE);
}

/** Adds what a slot holds to `bytes` of sums. */
export function addInto(sums: usize, slot: usize, bytes: usize): void {
  for (const end = sums + bytes; sums < end; sums += 16, slot += 16) v128.store(sums, f32x4.add(v128.load(sums), v128.load(slot)));
}

/** What the shards left for rows [from … to) of a layer, of which b is the last. */
export function slotRows(net: usize, layer: usize, from: usize, to: usize, at: usize): void {
  const step = pointer(layer, SLOT_BYTES);
  const bytes = (to - from) * TWELVE;
  let slot = pointer(layer, SLOTS) + from * TWELVE;
  const end = slot + pointer(net, SEGMENTS) * step;
  memory.fill(scratch, 0, bytes);
  for (; slot < end; slot += step) addInto(scratch, slot, bytes);
  finish(at, scratch, bytes);
}

/** Rows [from … to) of a layer above the first, for a chunk of n samples. */
export function activationRows(net: usize, layer: usize, below: usize, parameters: usize, n: usize, from: usize, to: usize): void {
  beginLayer(net, layer);
  const weights = parameters + pointer(layer, WEIGHTS);
  const activations = pointer(below, ACTIVATIONS);
  const step = pointer(below, ACTIVATION_STEP);
  if (width == TWELVE) {
    for (let r = from; r < to; r += 4) {
      dense(activations + (r << 2), step, n, deltas, scratch);
      finish(weights + r * TWELVE, scratch, min<usize>(4, to - r) * TWELVE);
    }
    return;
  }
  const rests = restsWithoutEntries();
  for (let r = from; r < to; r++) valuesRow(net, activations + (r << 2), step, n, rests, weights + r * stride, tileBytes);
}

/** A row whose input has f32 values, `step` bytes from one sample's to the next's; nothing where all are 0, if it rests then. */
function valuesRow(net: usize, a: usize, step: usize, n: usize, rests: bool, at: usize, tile: usize): void {
  const table = pointer(net, TABLE);
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
  if (any != 0 || !rests) row(masks, masks + sizeOfMasks(n), pointer(net, COUNTING), table, at, tile);
}

/** Adds `count` slots up for `bytes` of parameters, in the first of them, and takes the step; then they are 0. */
export function reduceRows(at: usize, sums: usize, slotBytes: usize, count: usize, bytes: usize): void {
  for (let slot = sums + slotBytes; slot < sums + count * slotBytes; slot += slotBytes) {
    addInto(sums, slot, bytes);
    memory.fill(slot, 0, bytes);
  }
  finish(at, sums, bytes);
  memory.fill(sums, 0, bytes);
}

/** b of a layer, for a chunk of n samples: a row whose input is always 1. */
export function biasRow(net: usize, layer: usize, parameters: usize, n: usize): void {
  beginLayer(net, layer);
  const at = parameters + pointer(layer, BIASES);
  // The last of the scaled bytes is 1.
  if (width != TWELVE) return valuesRow(net, scaled + 255 * 4, 0, n, false, at, TILE);
  dense(scaled + 252 * 4, 0, n, deltas, scratch);
  finish(at, scratch + 3 * TWELVE, TWELVE);
}
