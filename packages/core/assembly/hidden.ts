// The layers between: half of their inputs are 0 after ReLU, so they too walk lists of those that are not.
//
// An entry is 8 bytes: the byte offset of the input's row of W (u32), and the input's value (f32).
import {
  ACTIVATION_STEP, ACTIVATIONS, BIASES, COUNTS, DELTA_TILE, DELTAS, ENTRIES, ENTRY_STEP, LAYER_BYTES, OUTPUTS, pointer, SLOTS, STRIDE, TILE_BYTES, WEIGHTS, WIDTH, Z,
} from './network';
import { columnsFrom, inTiles, TILE } from './pixels';

const ENTRY: usize = 8;

/** a = ReLU(z) in place, for n samples; kept for the chunk from `place` on where there is one. */
export function relu(layer: usize, n: usize, place: i32): void {
  const width = pointer(layer, WIDTH);
  const hasSlots = pointer(layer + LAYER_BYTES, SLOTS) != 0;
  const zero = f32x4.splat(0);
  for (let k: usize = 0; k < n; k++) {
    const a = pointer(layer, Z) + k * width;
    // Not the larger of z and 0: NaN is kept, for it must reach the loss.
    for (let at = a; at < a + width; at += 16) v128.store(at, v128.andnot(v128.load(at), f32x4.le(v128.load(at), zero)));
    if (place < 0) continue;
    const kept = pointer(layer, ACTIVATIONS) + (<usize>place + k) * pointer(layer, ACTIVATION_STEP);
    for (let column: usize = 0; column < width; column += 16) v128.store(kept + column, v128.load(a + column));
    // What b is multiplied by, where it is summed up with W: in what pads the width.
    if (hasSlots) store<f32>(kept + (pointer(layer, OUTPUTS) << 2), 1);
  }
}

/** The activations of the layer below that are not 0 as entries, collected without a branch. */
export function collect(below: usize, layer: usize, n: usize): void {
  const width = pointer(below, WIDTH);
  const stride = pointer(layer, STRIDE);
  const entryStep = pointer(layer, ENTRY_STEP);
  for (let k: usize = 0; k < n; k++) {
    let a = pointer(below, Z) + k * width;
    const end = a + (pointer(below, OUTPUTS) << 2);
    const first = pointer(layer, ENTRIES) + k * entryStep;
    let entry = first;
    let row: usize = 0;
    while (a < end) {
      const value = load<f32>(a);
      store<u32>(entry, <u32>row);
      store<f32>(entry, value, 4);
      const active = <usize>(value != 0);
      entry += active << 3;
      row += stride;
      a += 4;
    }
    store<u32>(pointer(layer, COUNTS) + (k << 2), <u32>((entry - first) >> 3));
  }
}

/** z = W·a + b for n samples. */
export function forwardEntries(layer: usize, parameters: usize, n: usize): void {
  const width = pointer(layer, WIDTH);
  const tileBytes = pointer(layer, TILE_BYTES);
  const entries = pointer(layer, ENTRIES);
  const entryStep = pointer(layer, ENTRY_STEP);
  const counts = pointer(layer, COUNTS);
  const b = parameters + pointer(layer, BIASES);
  const W = parameters + pointer(layer, WEIGHTS);
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    const rows = W + inTiles(column, tileBytes);
    for (let k: usize = 0; k < n; k++) {
      const first = entries + k * entryStep;
      const end = first + <usize>load<u32>(counts + (k << 2)) * ENTRY;
      const z = pointer(layer, Z) + k * width + column;
      if (columns == TILE) forward16(first, end, rows, b + column, z);
      else forward8(first, end, rows, b + column, z);
    }
    column += columns;
  }
}

function forward16(entry: usize, end: usize, W: usize, b: usize, z: usize): void {
  forward(16, entry, end, W, b, z);
}

function forward8(entry: usize, end: usize, W: usize, b: usize, z: usize): void {
  forward(8, entry, end, W, b, z);
}

// @ts-ignore: decorator
@inline
function forward(vectors: i32, entry: usize, end: usize, W: usize, b: usize, z: usize): void {
  let s0 = v128.load(b, 0);
  let s1 = v128.load(b, 16);
  let s2 = v128.load(b, 32);
  let s3 = v128.load(b, 48);
  let s4 = v128.load(b, 64);
  let s5 = v128.load(b, 80);
  let s6 = v128.load(b, 96);
  let s7 = v128.load(b, 112);
  let s8 = s0;
  let s9 = s0;
  let s10 = s0;
  let s11 = s0;
  let s12 = s0;
  let s13 = s0;
  let s14 = s0;
  let s15 = s0;
  if (vectors == 16) {
    s8 = v128.load(b, 128);
    s9 = v128.load(b, 144);
    s10 = v128.load(b, 160);
    s11 = v128.load(b, 176);
    s12 = v128.load(b, 192);
    s13 = v128.load(b, 208);
    s14 = v128.load(b, 224);
    s15 = v128.load(b, 240);
  }
  for (; entry < end; entry += ENTRY) {
    const row = W + <usize>load<u32>(entry);
    const x = v128.load_splat<f32>(entry, 4);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
    if (vectors == 16) {
      s8 = f32x4.add(s8, f32x4.mul(x, v128.load(row, 128)));
      s9 = f32x4.add(s9, f32x4.mul(x, v128.load(row, 144)));
      s10 = f32x4.add(s10, f32x4.mul(x, v128.load(row, 160)));
      s11 = f32x4.add(s11, f32x4.mul(x, v128.load(row, 176)));
      s12 = f32x4.add(s12, f32x4.mul(x, v128.load(row, 192)));
      s13 = f32x4.add(s13, f32x4.mul(x, v128.load(row, 208)));
      s14 = f32x4.add(s14, f32x4.mul(x, v128.load(row, 224)));
      s15 = f32x4.add(s15, f32x4.mul(x, v128.load(row, 240)));
    }
  }
  if (vectors == 16) {
    v128.store(z, s15, 240);
    v128.store(z, s14, 224);
    v128.store(z, s13, 208);
    v128.store(z, s12, 192);
    v128.store(z, s11, 176);
    v128.store(z, s10, 160);
    v128.store(z, s9, 144);
    v128.store(z, s8, 128);
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

/**
 * dz below = (Wᵀ·dz) ⊙ ReLU′(z) for n samples from `place` in the chunk on: only where there is an entry was z
 * above zero.
 */
export function deltasBelow(layer: usize, below: usize, parameters: usize, n: usize, place: usize): void {
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  const deltaTile = pointer(layer, DELTA_TILE);
  const entryStep = pointer(layer, ENTRY_STEP);
  const W = parameters + pointer(layer, WEIGHTS);
  const widthBelow = pointer(below, WIDTH);
  const strideBelow = pointer(below, STRIDE);
  const deltaTileBelow = pointer(below, DELTA_TILE);
  for (let k: usize = 0; k < n; k++) {
    const dz = pointer(layer, DELTAS) + (place + k) * stride;
    const target = pointer(below, DELTAS) + (place + k) * strideBelow;
    for (let column: usize = 0; column < widthBelow; column += 16) v128.store(target + inTiles(column, deltaTileBelow), f32x4.splat(0));
    const first = pointer(layer, ENTRIES) + k * entryStep;
    const end = first + <usize>load<u32>(pointer(layer, COUNTS) + (k << 2)) * ENTRY;
    for (let entry = first; entry < end; entry += ENTRY) {
      const row = <usize>load<u32>(entry);
      const column = (row / stride) << 2;
      const sum = dotRow(W + row, tileBytes, dz, deltaTile, width);
      store<f32>(target + inTiles(column, deltaTileBelow), sum);
    }
  }
}

/** The dot product of a row of W with a sample's dz, both in tiles: sixteen lanes, added in halves. */
// @ts-ignore: decorator
@inline
function dotRow(row: usize, tileBytes: usize, dz: usize, deltaTile: usize, width: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; width > 0; row += tileBytes, dz += deltaTile) {
    const used = min(TILE, width);
    for (let at: usize = 0; at < used; at += 64) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(row + at, 0), v128.load(dz + at, 0)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(row + at, 16), v128.load(dz + at, 16)));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(row + at, 32), v128.load(dz + at, 32)));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(row + at, 48), v128.load(dz + at, 48)));
    }
    width -= used;
  }
  const sum = f32x4.add(f32x4.add(s0, s2), f32x4.add(s1, s3));
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 2) +
    (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3))
  );
}
