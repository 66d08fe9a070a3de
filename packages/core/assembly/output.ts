// The output layer, softmax and the loss, for eight samples side by side in the lanes of two vectors: whatever
// belongs to an input or an output is 32 bytes, one f32 a sample.
import { exp4, logInPlace } from './elementary';
import {
  BIASES, CLASSES, DELTA_TILE, DELTAS, INPUT_LANES, INPUTS, LABELS, LOSSES, OUTPUT_LANES, pointer, PREDICTIONS, sampleAt, STRIDE, TILE_BYTES, TRUTHS, WEIGHTS, WIDTH, Z, ZEROS,
} from './network';
import { inTiles, TILE } from './pixels';

/** Samples in a group. */
export const GROUP: usize = 8;
const LANES: usize = 32;

/** Four floats of each of four samples, to four samples of each of four floats, or back. */
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

/** `width` bytes of each of n samples (at most eight, the rest 0) into lanes. */
function spread(net: usize, rows: usize, width: usize, n: usize, lanes: usize): void {
  const zeros = pointer(net, ZEROS);
  for (let half: usize = 0; half < GROUP; half += 4) {
    const r0 = half < n ? rows + half * width : zeros;
    const r1 = half + 1 < n ? rows + (half + 1) * width : zeros;
    const r2 = half + 2 < n ? rows + (half + 2) * width : zeros;
    const r3 = half + 3 < n ? rows + (half + 3) * width : zeros;
    let target = lanes + (half << 2);
    for (let column: usize = 0; column < width; column += 16) {
      transposeInto(target, LANES, v128.load(r0 + column), v128.load(r1 + column), v128.load(r2 + column), v128.load(r3 + column));
      target += 4 * LANES;
    }
  }
}

/** z = W·a + b: four outputs and eight samples at a time. */
function linear(layer: usize, parameters: usize, a: usize, z: usize): void {
  const inputs = pointer(layer, INPUTS);
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const W = parameters + pointer(layer, WEIGHTS);
  const b = parameters + pointer(layer, BIASES);
  const aEnd = a + inputs * LANES;
  for (let column: usize = 0; column < width; column += 16) {
    let s00 = v128.load_splat<f32>(b + column, 0);
    let s10 = v128.load_splat<f32>(b + column, 4);
    let s20 = v128.load_splat<f32>(b + column, 8);
    let s30 = v128.load_splat<f32>(b + column, 12);
    let s01 = s00;
    let s11 = s10;
    let s21 = s20;
    let s31 = s30;
    let row = W + inTiles(column, pointer(layer, TILE_BYTES));
    for (let at = a; at < aEnd; at += LANES) {
      const a0 = v128.load(at);
      const a1 = v128.load(at, 16);
      const w0 = v128.load_splat<f32>(row, 0);
      s00 = f32x4.add(s00, f32x4.mul(w0, a0));
      s01 = f32x4.add(s01, f32x4.mul(w0, a1));
      const w1 = v128.load_splat<f32>(row, 4);
      s10 = f32x4.add(s10, f32x4.mul(w1, a0));
      s11 = f32x4.add(s11, f32x4.mul(w1, a1));
      const w2 = v128.load_splat<f32>(row, 8);
      s20 = f32x4.add(s20, f32x4.mul(w2, a0));
      s21 = f32x4.add(s21, f32x4.mul(w2, a1));
      const w3 = v128.load_splat<f32>(row, 12);
      s30 = f32x4.add(s30, f32x4.mul(w3, a0));
      s31 = f32x4.add(s31, f32x4.mul(w3, a1));
      row += stride;
    }
    const target = z + (column << 3);
    v128.store(target, s31, 112);
    v128.store(target, s30, 96);
    v128.store(target, s21, 80);
    v128.store(target, s20, 64);
    v128.store(target, s11, 48);
    v128.store(target, s10, 32);
    v128.store(target, s01, 16);
    v128.store(target, s00, 0);
  }
}

/**
 * Probabilities in the place of the logits, and predictions, of the block's samples from k on; what `finishLosses` makes
 * their losses of.
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
    const label = <usize>load<u8>(labels + sampleAt(order, k + s));
    store<f32>(truths + (s << 2), load<f32>(z + label * LANES + (s << 2)));
  }
  v128.store(truths, f32x4.sub(v128.load(truths), max0));
  v128.store(truths, f32x4.sub(v128.load(truths, 16), max1), 16);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let prediction0 = i32x4.splat(0);
  let prediction1 = i32x4.splat(0);
  let c = <i32>C;
  // From the last class on, so that of equal ones the lowest stays.
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
  const losses = pointer(net, LOSSES) + (k << 2);
  v128.store(losses, sum0);
  v128.store(losses, sum1, 16);
}

/** When all n samples of a block are through: loss = log Σ − log of the true class's part, for all at once. */
export function finishLosses(net: usize, n: usize): void {
  const losses = pointer(net, LOSSES);
  const toTruths = pointer(net, TRUTHS) - losses;
  const end = losses + (n << 2);
  logInPlace(losses, end);
  for (let at = losses; at < end; at += 16) v128.store(at, f32x4.sub(v128.load(at), v128.load(at + toTruths)));
}

/** Forward pass through the output layer for samples [k … k + n) of the block, n at most eight. */
export function outputForward(net: usize, layer: usize, below: usize, parameters: usize, order: usize, k: usize, n: usize): void {
  const lanes = pointer(net, OUTPUT_LANES);
  if (below == 0) {
    // The only layer: its logits are there, sample by sample.
    const width = pointer(layer, WIDTH);
    spread(net, pointer(layer, Z) + k * width, width, n, lanes);
  } else {
    const width = pointer(below, WIDTH);
    const a = pointer(net, INPUT_LANES);
    spread(net, pointer(below, Z) + k * width, width, n, a);
    linear(layer, parameters, a, lanes);
  }
  softmax(net, lanes, order, k, n);
}

/** dz of a layer from lanes into the rows of n samples (at most eight), from `place` of the chunk on. */
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
 * What follows the forward pass of the same samples: dz of the output layer and of the one below it, into their
 * places in the chunk from `place` on.
 */
export function outputBackward(net: usize, layer: usize, below: usize, parameters: usize, order: usize, k: usize, n: usize, place: usize): void {
  const C = pointer(net, CLASSES);
  const dz = pointer(net, OUTPUT_LANES);
  const labels = pointer(net, LABELS);
  for (let s: usize = 0; s < n; s++) {
    const truth = dz + <usize>load<u8>(labels + sampleAt(order, k + s)) * LANES + (s << 2);
    store<f32>(truth, load<f32>(truth) - 1);
  }
  const width = pointer(layer, WIDTH);
  // What stands for the outputs that pad the width must be 0 in dz.
  for (let pad = dz + C * LANES; pad < dz + (width << 3); pad += 16) v128.store(pad, f32x4.splat(0));
  gatherRows(layer, dz, place, n);
  if (below == 0) return;

  // dz below = (Wᵀ·dz) ⊙ ReLU′(z): four inputs and eight samples at a time, in the place of a.
  const a = pointer(net, INPUT_LANES);
  const stride = pointer(layer, STRIDE);
  const W = parameters + pointer(layer, WEIGHTS);
  const tileBytes = pointer(layer, TILE_BYTES);
  const widthBelow = pointer(below, WIDTH);
  const zero = f32x4.splat(0);
  for (let column: usize = 0; column < widthBelow; column += 16) {
    let s00 = zero;
    let s01 = zero;
    let s10 = zero;
    let s11 = zero;
    let s20 = zero;
    let s21 = zero;
    let s30 = zero;
    let s31 = zero;
    // Column is four bytes times the input: its row of W. Rows behind the last input are of no matter, as a is 0 there.
    let tile = W + (column >> 2) * stride;
    let left = C;
    let at = dz;
    while (left > 0) {
      let row = tile;
      const rowEnd = row + (min(left, TILE / 4) << 2);
      for (; row < rowEnd; row += 4, at += LANES) {
        const d0 = v128.load(at);
        const d1 = v128.load(at, 16);
        const w0 = v128.load_splat<f32>(row);
        s00 = f32x4.add(s00, f32x4.mul(w0, d0));
        s01 = f32x4.add(s01, f32x4.mul(w0, d1));
        const w1 = v128.load_splat<f32>(row + stride);
        s10 = f32x4.add(s10, f32x4.mul(w1, d0));
        s11 = f32x4.add(s11, f32x4.mul(w1, d1));
        const w2 = v128.load_splat<f32>(row + stride * 2);
        s20 = f32x4.add(s20, f32x4.mul(w2, d0));
        s21 = f32x4.add(s21, f32x4.mul(w2, d1));
        const w3 = v128.load_splat<f32>(row + stride * 3);
        s30 = f32x4.add(s30, f32x4.mul(w3, d0));
        s31 = f32x4.add(s31, f32x4.mul(w3, d1));
      }
      left -= min(left, TILE / 4);
      tile += tileBytes;
    }
    const z = a + (column << 3);
    s00 = v128.and(s00, f32x4.gt(v128.load(z, 0), zero));
    s01 = v128.and(s01, f32x4.gt(v128.load(z, 16), zero));
    s10 = v128.and(s10, f32x4.gt(v128.load(z, 32), zero));
    s11 = v128.and(s11, f32x4.gt(v128.load(z, 48), zero));
    s20 = v128.and(s20, f32x4.gt(v128.load(z, 64), zero));
    s21 = v128.and(s21, f32x4.gt(v128.load(z, 80), zero));
    s30 = v128.and(s30, f32x4.gt(v128.load(z, 96), zero));
    s31 = v128.and(s31, f32x4.gt(v128.load(z, 112), zero));
    v128.store(z, s31, 112);
    v128.store(z, s30, 96);
    v128.store(z, s21, 80);
    v128.store(z, s20, 64);
    v128.store(z, s11, 48);
    v128.store(z, s10, 32);
    v128.store(z, s01, 16);
    v128.store(z, s00, 0);
  }
  gatherRows(below, a, place, n);
}
