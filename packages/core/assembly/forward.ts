import { exp4, log } from './elementary';
import {
  ACTIVATIONS, CLASSES, COUNTS, DEPTH, BIASES, ENTRIES, ENTRY_STEP, INDICES, LABELS, LAYER_BYTES, LAYERS, LISTS, LOSSES, OUTPUTS, pointer, PREDICTIONS, sampleAt, STARTS, STRIDE, TILE_BYTES, TOUCHED, WEIGHTS, WIDTH, word,
} from './network';
import { forwardBlock, sumLanes } from './products';

/** Forward pass of n samples: leaves entries, activations, probabilities, losses and predictions. */
export function forward(net: usize, parameters: usize, order: usize, n: usize, flags: usize): void {
  touch(net, order, n);
  let layer = net + LAYERS;
  for (let k: usize = 0; k < n; k++) gather(net, layer, k, sampleAt(order, k), flags);
  const depth = word(net, DEPTH);
  for (let l = 0; l < depth; l++) {
    const width = pointer(layer, WIDTH);
    const a = pointer(layer, ACTIVATIONS);
    forwardBlock(pointer(layer, ENTRIES), pointer(layer, ENTRY_STEP), pointer(layer, COUNTS), n, width, pointer(layer, TILE_BYTES), parameters + pointer(layer, WEIGHTS), parameters + pointer(layer, BIASES), a, width);
    if (l < depth - 1) {
      for (let k: usize = 0; k < n; k++) relu(layer, layer + LAYER_BYTES, k);
      layer += LAYER_BYTES;
    } else {
      const labels = pointer(net, LABELS);
      for (let k: usize = 0; k < n; k++) softmax(net, a + k * width, <usize>load<u8>(labels + sampleAt(order, k)), k);
    }
  }
}

/** Reads a word of each cache line of the samples' lists, one after another, so that their waits overlap. */
function touch(net: usize, order: usize, n: usize): void {
  const starts = pointer(net, STARTS);
  const lists = pointer(net, LISTS);
  let sum: u32 = 0;
  for (let k: usize = 0; k < n; k++) {
    const start = starts + (sampleAt(order, k) << 2);
    const end = lists + <usize>load<u32>(start, 4) * 3;
    for (let at = lists + <usize>load<u32>(start) * 3; at < end; at += 64) sum += load<u32>(at);
  }
  store<u32>(net + TOUCHED, sum);
}

/** Turns a sample's list into entries of the first layer, eight at a time; with flags, marks the rows it touches. */
// @ts-ignore: decorator
@inline
function gather(net: usize, layer: usize, k: usize, sample: usize, flags: usize): void {
  const start = pointer(net, STARTS) + (sample << 2);
  const from = <usize>load<u32>(start);
  const count = <usize>load<u32>(start, 4) - from;
  let position = pointer(net, LISTS) + from * 3;
  let byte = position + (count << 1);
  let entry = pointer(layer, ENTRIES) + k * pointer(layer, ENTRY_STEP);
  const end = entry + (count << 3);
  const stride = i32x4.splat(word(layer, STRIDE));
  const scale = f32x4.splat(1 / <f32>255);
  while (entry < end) {
    const p = v128.load(position);
    const v = i16x8.extend_low_i8x16_u(v128.load64_zero(byte));
    const r0 = i32x4.mul(i32x4.extend_low_i16x8_u(p), stride);
    const r1 = i32x4.mul(i32x4.extend_high_i16x8_u(p), stride);
    const x0 = f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(v)), scale);
    const x1 = f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(v)), scale);
    v128.store(entry, v128.shuffle<i32>(r0, x0, 0, 4, 1, 5), 0);
    v128.store(entry, v128.shuffle<i32>(r0, x0, 2, 6, 3, 7), 16);
    v128.store(entry, v128.shuffle<i32>(r1, x1, 0, 4, 1, 5), 32);
    v128.store(entry, v128.shuffle<i32>(r1, x1, 2, 6, 3, 7), 48);
    if (flags != 0) {
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 0), 1);
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 1), 1);
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 2), 1);
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 3), 1);
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 4), 1);
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 5), 1);
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 6), 1);
      store<u8>(flags + <usize>i16x8.extract_lane_u(p, 7), 1);
    }
    position += 16;
    byte += 8;
    entry += 64;
  }
  store<u32>(pointer(layer, COUNTS) + (k << 2), <u32>count);
}

/** a = ReLU(z): the outputs above zero are the next layer's entries, collected without a branch. */
// @ts-ignore: decorator
@inline
function relu(layer: usize, next: usize, k: usize): void {
  let z = pointer(layer, ACTIVATIONS) + k * pointer(layer, WIDTH);
  const end = z + (pointer(layer, OUTPUTS) << 2);
  const stride = word(next, STRIDE);
  const entryStep = pointer(next, ENTRY_STEP);
  const first = pointer(next, ENTRIES) + k * entryStep;
  let entry = first;
  let index = pointer(next, INDICES) + k * (entryStep >> 1);
  let row = 0;
  let input = 0;
  while (z < end) {
    const value = load<f32>(z);
    store<i32>(entry, row);
    store<f32>(entry, value, 4);
    store<i32>(index, input);
    // Not `value > 0`: NaN is kept, for it must reach the loss.
    const active = <usize>!(value <= 0);
    entry += active << 3;
    index += active << 2;
    row += stride;
    input += 4;
    z += 4;
  }
  store<u32>(pointer(next, COUNTS) + (k << 2), <u32>((entry - first) >> 3));
}

/** Probabilities in the place of the logits; loss and prediction of the block's sample k. */
// @ts-ignore: decorator
@inline
function softmax(net: usize, z: usize, label: usize, k: usize): void {
  const C = pointer(net, CLASSES);
  const end = z + (((C + 3) & ~3) << 2);
  // Padding lanes at −∞ are never the largest, and their probability is exactly 0.
  for (let pad = z + (C << 2); pad < end; pad += 4) store<f32>(pad, -Infinity);
  let max = v128.load(z);
  for (let at = z + 16; at < end; at += 16) max = f32x4.max(max, v128.load(at));
  max = f32x4.max(max, v128.shuffle<i32>(max, max, 2, 3, 0, 1));
  max = f32x4.max(max, v128.shuffle<i32>(max, max, 1, 0, 3, 2));
  const shifted = load<f32>(z + (label << 2)) - f32x4.extract_lane(max, 0);

  let prediction: usize = 0;
  let sums = f32x4.splat(0);
  for (let at = end; at > z; ) {
    at -= 16;
    const logits = v128.load(at);
    // From the end, so that of equal ones the lowest class stays.
    const hits = i32x4.bitmask(f32x4.eq(logits, max));
    if (hits != 0) prediction = ((at - z) >> 2) + <usize>ctz(hits);
    const exponentials = exp4(f32x4.sub(logits, max));
    v128.store(at, exponentials);
    sums = f32x4.add(sums, exponentials);
  }
  const sum = sumLanes(sums);
  const share = f32x4.splat(1 / sum);
  for (let at = z; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), share));
  store<f32>(pointer(net, LOSSES) + (k << 2), log(sum) - shifted);
  store<u32>(pointer(net, PREDICTIONS) + (k << 2), <u32>prediction);
}
