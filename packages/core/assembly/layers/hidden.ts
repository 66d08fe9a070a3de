// The layers between the first and the last. Half of their inputs are 0 after ReLU, so they use lists of the active
// inputs, those that are not 0.
//
// An active input has 8 bytes: the byte offset of its row of W (u32), and its value (f32).
import {
  ACTIVATION_STEP, ACTIVATIONS, ACTIVE, ACTIVE_COUNTS, ACTIVE_STEP, BIASES, DELTA_TILE, DELTAS, LAYER_BYTES, OUTPUTS, SHARD_GRADIENTS, STRIDE, TILE_BYTES, WEIGHTS, WIDTH, Z,
} from '../fields';
import { pointer } from '../network';
import { columnsFrom, inTiles, TILE } from './pixels';

const LISTED_INPUT: usize = 8;

/** a = ReLU(z) in place, for n samples; if `keep`, also copied to the chunk's activations from `place` on. */
export function relu(layer: usize, n: usize, place: usize, keep: bool): void {
  const width = pointer(layer, WIDTH);
  const holdsOne = pointer(layer + LAYER_BYTES, SHARD_GRADIENTS) != 0;
  const zero = f32x4.splat(0);
  for (let k: usize = 0; k < n; k++) {
    const a = pointer(layer, Z) + k * width;
    // Not the maximum of z and 0, which would hide NaN: NaN must reach the loss.
    for (let at = a; at < a + width; at += 16) v128.store(at, v128.andnot(v128.load(at), f32x4.le(v128.load(at), zero)));
    if (!keep) continue;
    const kept = pointer(layer, ACTIVATIONS) + (place + k) * pointer(layer, ACTIVATION_STEP);
    for (let column: usize = 0; column < width; column += 16) v128.store(kept + column, v128.load(a + column));
    // A 1 in the padding behind the outputs: the input of b, whose gradient is summed together with that of W.
    if (holdsOne) store<f32>(kept + (pointer(layer, OUTPUTS) << 2), 1);
  }
}

/**
 * Lists the activations of the layer below that are not 0, for n samples from `place` of the chunk on. The loop has
 * no branch: it writes every activation, and only a non-zero one advances the list.
 */
export function collect(below: usize, layer: usize, n: usize, place: usize): void {
  const width = pointer(below, WIDTH);
  const stride = pointer(layer, STRIDE);
  const step = pointer(layer, ACTIVE_STEP);
  for (let k: usize = 0; k < n; k++) {
    let a = pointer(below, Z) + k * width;
    const end = a + (pointer(below, OUTPUTS) << 2);
    const first = pointer(layer, ACTIVE) + (place + k) * step;
    let input = first;
    let row: usize = 0;
    while (a < end) {
      const value = load<f32>(a);
      store<u32>(input, <u32>row);
      store<f32>(input, value, 4);
      const active = <usize>(value != 0);
      input += active << 3;
      row += stride;
      a += 4;
    }
    store<u32>(pointer(layer, ACTIVE_COUNTS) + ((place + k) << 2), <u32>((input - first) >> 3));
  }
}

/** z = W·a + b for n samples, with their lists of active inputs from `place` of the chunk on. */
export function forwardHidden(layer: usize, parameters: usize, n: usize, place: usize): void {
  const width = pointer(layer, WIDTH);
  const tileBytes = pointer(layer, TILE_BYTES);
  const step = pointer(layer, ACTIVE_STEP);
  const active = pointer(layer, ACTIVE) + place * step;
  const counts = pointer(layer, ACTIVE_COUNTS) + (place << 2);
  const b = parameters + pointer(layer, BIASES);
  const W = parameters + pointer(layer, WEIGHTS);
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    const rows = W + inTiles(column, tileBytes);
    for (let k: usize = 0; k < n; k++) {
      const first = active + k * step;
      const end = first + <usize>load<u32>(counts + (k << 2)) * LISTED_INPUT;
      const z = pointer(layer, Z) + k * width + column;
      if (columns == TILE) forward16(first, end, rows, b + column, z);
      else forward8(first, end, rows, b + column, z);
    }
    column += columns;
  }
}

function forward16(input: usize, end: usize, W: usize, b: usize, z: usize): void {
  forward(16, input, end, W, b, z);
}

function forward8(input: usize, end: usize, W: usize, b: usize, z: usize): void {
  forward(8, input, end, W, b, z);
}

// @ts-ignore: decorator
@inline
function forward(vectors: i32, input: usize, end: usize, W: usize, b: usize, z: usize): void {
  // unroll 0..7
  let s$ = v128.load(b, 16 * $);
  // unroll 8..15
  let s$ = s0;
  if (vectors == 16) {
    // unroll 8..15
    s$ = v128.load(b, 16 * $);
  }
  for (; input < end; input += LISTED_INPUT) {
    const row = W + <usize>load<u32>(input);
    const x = v128.load_splat<f32>(input, 4);
    // unroll 0..7
    s$ = f32x4.add(s$, f32x4.mul(x, v128.load(row, 16 * $)));
    if (vectors == 16) {
      // unroll 8..15
      s$ = f32x4.add(s$, f32x4.mul(x, v128.load(row, 16 * $)));
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
 * dz below = (Wᵀ·dz) ⊙ ReLU′(z) for n samples from `place` of the chunk on. ReLU′(z) is 1 exactly for the active
 * inputs, so only they are computed; the others become 0.
 */
export function backwardHidden(layer: usize, below: usize, parameters: usize, n: usize, place: usize): void {
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  const deltaTile = pointer(layer, DELTA_TILE);
  const step = pointer(layer, ACTIVE_STEP);
  const W = parameters + pointer(layer, WEIGHTS);
  const widthBelow = pointer(below, WIDTH);
  const strideBelow = pointer(below, STRIDE);
  const deltaTileBelow = pointer(below, DELTA_TILE);
  for (let k = place; k < place + n; k++) {
    const dz = pointer(layer, DELTAS) + k * stride;
    const target = pointer(below, DELTAS) + k * strideBelow;
    for (let column: usize = 0; column < widthBelow; column += 16) v128.store(target + inTiles(column, deltaTileBelow), f32x4.splat(0));
    const first = pointer(layer, ACTIVE) + k * step;
    const end = first + <usize>load<u32>(pointer(layer, ACTIVE_COUNTS) + (k << 2)) * LISTED_INPUT;
    for (let input = first; input < end; input += LISTED_INPUT) {
      const row = <usize>load<u32>(input);
      const column = (row / stride) << 2;
      const sum = dotRow(W + row, tileBytes, dz, deltaTile, width);
      store<f32>(target + inTiles(column, deltaTileBelow), sum);
    }
  }
}

/**
 * The dot product of a row of W with a sample's dz, both in tiles: sixteen partial sums, whose halves are added until
 * one number is left.
 */
// @ts-ignore: decorator
@inline
function dotRow(row: usize, tileBytes: usize, dz: usize, deltaTile: usize, width: usize): f32 {
  // unroll 0..3
  let s$ = f32x4.splat(0);
  for (; width > 0; row += tileBytes, dz += deltaTile) {
    const used = min(TILE, width);
    for (let at: usize = 0; at < used; at += 64) {
      // unroll 0..3
      s$ = f32x4.add(s$, f32x4.mul(v128.load(row + at, 16 * $), v128.load(dz + at, 16 * $)));
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
