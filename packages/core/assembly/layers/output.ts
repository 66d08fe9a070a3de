// The last layer, softmax and the loss, for eight samples side by side in the lanes of two vectors: the values of an
// input or an output take 32 bytes, one f32 per sample.
import { exp4, logInPlace } from '../elementary';
import {
  ACTIVATION_STEP, ACTIVATIONS, BIASES, CLASSES, DELTA_TILE, DELTAS, INPUT_LANES, INPUTS, LABELS, OUTPUT_LANES, OUTPUTS, PARAMETERS, PREDICTIONS, STRIDE, SUMS, TILE_BYTES, TRUTHS, WEIGHTS, WIDTH, Z,
} from '../fields';
import { pointer, sampleAt } from '../network';
import { inTiles, TILE } from './pixels';

/** Number of samples side by side. */
export const EIGHT: usize = 8;
/** Bytes of one input or output for eight samples. */
const LANES: usize = 32;

/** Transposes 4 × 4 floats: four values of each of four samples into four samples of each of four values, or back. */
// @ts-ignore: decorator
@inline
function transposeInto(target: usize, step: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const low01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(low01, low23, 0, 2));
  v128.store(target + step, v128.shuffle<i64>(low01, low23, 1, 3));
  v128.store(target + step * 2, v128.shuffle<i64>(high01, high23, 0, 2));
  v128.store(target + step * 3, v128.shuffle<i64>(high01, high23, 1, 3));
}

/**
 * Transposes rows of n samples (at most eight), `width` bytes each, into lanes; the last sample fills the unused
 * lanes.
 *
 * @param step bytes from one sample's row to the next
 * @param tileStep bytes from one tile of a row to the next; TILE if the row is contiguous
 */
function spread(rows: usize, step: usize, tileStep: usize, width: usize, n: usize, lanes: usize): void {
  const last = n - 1;
  for (let half: usize = 0; half < EIGHT; half += 4) {
    const r0 = rows + min(half, last) * step;
    const r1 = rows + min(half + 1, last) * step;
    const r2 = rows + min(half + 2, last) * step;
    const r3 = rows + min(half + 3, last) * step;
    let target = lanes + (half << 2);
    for (let column: usize = 0; column < width; column += 16) {
      const at = inTiles(column, tileStep);
      transposeInto(target, LANES, v128.load(r0 + at), v128.load(r1 + at), v128.load(r2 + at), v128.load(r3 + at));
      target += 4 * LANES;
    }
  }
}

/** z = W·a + b, four outputs and eight samples at a time. */
function linear(layer: usize, parameters: usize, a: usize, z: usize): void {
  const inputs = pointer(layer, INPUTS);
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const W = parameters + pointer(layer, WEIGHTS);
  const b = parameters + pointer(layer, BIASES);
  const aEnd = a + inputs * LANES;
  for (let column: usize = 0; column < width; column += 16) {
    // unroll 0..3
    let s$0 = v128.load_splat<f32>(b + column, 4 * $), s$1 = s$0;
    let row = W + inTiles(column, pointer(layer, TILE_BYTES));
    for (let at = a; at < aEnd; at += LANES) {
      const a0 = v128.load(at);
      const a1 = v128.load(at, 16);
      // unroll 0..3
      const w$ = v128.load_splat<f32>(row, 4 * $); s$0 = f32x4.add(s$0, f32x4.mul(w$, a0)); s$1 = f32x4.add(s$1, f32x4.mul(w$, a1));
      row += stride;
    }
    const target = z + (column << 3);
    // unroll 3..0
    v128.store(target, s$1, 32 * $ + 16); v128.store(target, s$0, 32 * $);
  }
}

/**
 * Replaces the logits of n samples (at most eight), beginning with sample k of 64, by probabilities, and writes the
 * predictions. Leaves Σ e^(z − max) in SUMS and the true class's z − max in TRUTHS, for `finishLosses`.
 */
function softmax(net: usize, z: usize, order: usize, k: usize, n: usize): void {
  const C = pointer(net, CLASSES);
  const end = z + C * LANES;
  let max0 = v128.load(z);
  let max1 = v128.load(z, 16);
  for (let at = z + LANES; at < end; at += LANES) {
    max0 = f32x4.pmax(max0, v128.load(at));
    max1 = f32x4.pmax(max1, v128.load(at, 16));
  }
  const truths = pointer(net, TRUTHS) + (k << 2);
  const labels = pointer(net, LABELS);
  for (let s: usize = 0; s < n; s++) {
    const label = <usize>load<u16>(labels + (sampleAt(order, k + s) << 1));
    store<f32>(truths + (s << 2), load<f32>(z + label * LANES + (s << 2)));
  }
  v128.store(truths, f32x4.sub(v128.load(truths), max0));
  v128.store(truths, f32x4.sub(v128.load(truths, 16), max1), 16);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let prediction0 = i32x4.splat(0);
  let prediction1 = i32x4.splat(0);
  let c = <i32>C;
  // From the last class to the first, so that the prediction is the lowest of equal classes.
  for (let at = end; at > z; ) {
    at -= LANES;
    c--;
    const number = i32x4.splat(c);
    const z0 = v128.load(at);
    const z1 = v128.load(at, 16);
    prediction0 = v128.bitselect(number, prediction0, f32x4.eq(z0, max0));
    prediction1 = v128.bitselect(number, prediction1, f32x4.eq(z1, max1));
    const e0 = exp4(f32x4.sub(z0, max0));
    const e1 = exp4(f32x4.sub(z1, max1));
    v128.store(at, e1, 16);
    v128.store(at, e0, 0);
    sum0 = f32x4.add(sum0, e0);
    sum1 = f32x4.add(sum1, e1);
  }
  const predictions = pointer(net, PREDICTIONS) + (k << 2);
  v128.store(predictions, prediction0);
  v128.store(predictions, prediction1, 16);

  const one = f32x4.splat(1);
  const share0 = f32x4.div(one, sum0);
  const share1 = f32x4.div(one, sum1);
  for (let at = z; at < end; at += LANES) {
    const p0 = f32x4.mul(v128.load(at, 0), share0);
    const p1 = f32x4.mul(v128.load(at, 16), share1);
    v128.store(at, p1, 16);
    v128.store(at, p0, 0);
  }
  const losses = pointer(net, SUMS) + (k << 2);
  v128.store(losses, sum0);
  v128.store(losses, sum1, 16);
}

/**
 * Computes the losses of n samples (at most 64), after the softmax of all of them: log Σ e^(z − max) − (z − max of
 * the true class).
 */
export function finishLosses(net: usize, n: usize): void {
  const losses = pointer(net, SUMS);
  const toTruths = pointer(net, TRUTHS) - losses;
  const end = losses + (n << 2);
  logInPlace(losses, end);
  for (let at = losses; at < end; at += 16) v128.store(at, f32x4.sub(v128.load(at), v128.load(at + toTruths)));
}

/**
 * Forward pass through the last layer for samples [k … k + n) of 64, n at most eight: their predictions, and the sums
 * for `finishLosses`.
 *
 * @param keep whether the chunk keeps their probabilities, from `place` on, for the backward pass
 */
export function outputForward(net: usize, layer: usize, below: usize, order: usize, k: usize, n: usize, place: usize, keep: bool): void {
  const lanes = pointer(net, OUTPUT_LANES);
  if (below == 0) {
    // The network has one layer, and z is computed already, sample by sample.
    const width = pointer(layer, WIDTH);
    spread(pointer(layer, Z) + k * width, width, TILE, width, n, lanes);
  } else {
    const width = pointer(below, WIDTH);
    const a = pointer(net, INPUT_LANES);
    spread(pointer(below, Z) + k * width, width, TILE, width, n, a);
    linear(layer, pointer(net, PARAMETERS), a, lanes);
  }
  softmax(net, lanes, order, k, n);
  if (keep) gatherRows(layer, lanes, place, n);
}

/**
 * Transposes lanes back into rows of the layer's deltas, for n samples (at most eight) from `place` of the chunk on.
 */
function gatherRows(layer: usize, lanes: usize, place: usize, n: usize): void {
  const stride = pointer(layer, STRIDE);
  const width = pointer(layer, WIDTH);
  for (let column: usize = 0; column < width; column += 16) {
    let row = pointer(layer, DELTAS) + place * stride + inTiles(column, pointer(layer, DELTA_TILE));
    let at = lanes + (column << 3);
    for (let k: usize = 0; k < n; k += 4, at += 16) {
      const v0 = v128.load(at);
      const v1 = v128.load(at, LANES);
      const v2 = v128.load(at, 2 * LANES);
      const v3 = v128.load(at, 3 * LANES);
      const low01 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5);
      const high01 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7);
      const low23 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
      const high23 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
      v128.store(row, v128.shuffle<i64>(low01, low23, 0, 2));
      row += stride;
      if (n > k + 1) v128.store(row, v128.shuffle<i64>(low01, low23, 1, 3));
      row += stride;
      if (n > k + 2) v128.store(row, v128.shuffle<i64>(high01, high23, 0, 2));
      row += stride;
      if (n > k + 3) v128.store(row, v128.shuffle<i64>(high01, high23, 1, 3));
      row += stride;
    }
  }
}

/**
 * Backward pass through the last layer for n samples (at most eight) from `place` of the chunk on: replaces their
 * probabilities by dz = p − y, and computes dz of the layer below.
 *
 * @param order address of the first sample's number (u32)
 */
export function outputBackward(net: usize, layer: usize, below: usize, order: usize, n: usize, place: usize): void {
  const C = pointer(net, CLASSES);
  const width = pointer(layer, WIDTH);
  const layerStride = pointer(layer, STRIDE);
  const dz = pointer(net, OUTPUT_LANES);
  const labels = pointer(net, LABELS);
  spread(pointer(layer, DELTAS) + place * layerStride, layerStride, pointer(layer, DELTA_TILE), width, n, dz);
  for (let s: usize = 0; s < n; s++) {
    const truth = dz + <usize>load<u16>(labels + (sampleAt(order, s) << 1)) * LANES + (s << 2);
    store<f32>(truth, load<f32>(truth) - 1);
  }
  clearLanes(dz, C, width);
  gatherRows(layer, dz, place, n);
  if (below == 0) return;

  // dz below = (Wᵀ·dz) ⊙ ReLU′(z), four inputs and eight samples at a time; it overwrites a.
  const a = pointer(net, INPUT_LANES);
  const stride = pointer(layer, STRIDE);
  const W = pointer(net, PARAMETERS) + pointer(layer, WEIGHTS);
  const tileBytes = pointer(layer, TILE_BYTES);
  const widthBelow = pointer(below, WIDTH);
  const activationStep = pointer(below, ACTIVATION_STEP);
  spread(pointer(below, ACTIVATIONS) + place * activationStep, activationStep, TILE, widthBelow, n, a);
  const zero = f32x4.splat(0);
  for (let column: usize = 0; column < widthBelow; column += 16) {
    // unroll 0..3
    let s$0 = zero, s$1 = zero;
    // `column` is four bytes per input, so this is the input's row of W. Lanes behind the last input are cleared
    // below.
    let tile = W + (column >> 2) * stride;
    let left = C;
    let at = dz;
    while (left > 0) {
      let row = tile;
      const rowEnd = row + (min(left, TILE / 4) << 2);
      for (; row < rowEnd; row += 4, at += LANES) {
        const d0 = v128.load(at);
        const d1 = v128.load(at, 16);
        // unroll 0..3
        const w$ = v128.load_splat<f32>(row + stride * $); s$0 = f32x4.add(s$0, f32x4.mul(w$, d0)); s$1 = f32x4.add(s$1, f32x4.mul(w$, d1));
      }
      left -= min(left, TILE / 4);
      tile += tileBytes;
    }
    const z = a + (column << 3);
    // unroll 0..3
    s$0 = v128.and(s$0, f32x4.gt(v128.load(z, 32 * $), zero)); s$1 = v128.and(s$1, f32x4.gt(v128.load(z, 32 * $ + 16), zero));
    // unroll 3..0
    v128.store(z, s$1, 32 * $ + 16); v128.store(z, s$0, 32 * $);
  }
  clearLanes(a, pointer(below, OUTPUTS), widthBelow);
  gatherRows(below, a, place, n);
}

/** Clears the lanes that pad the outputs to `width` bytes. */
// @ts-ignore: decorator
@inline
function clearLanes(lanes: usize, outputs: usize, width: usize): void {
  const end = lanes + (width << 3);
  for (let pad = lanes + outputs * LANES; pad < end; pad += 16) v128.store(pad, f32x4.splat(0));
}
