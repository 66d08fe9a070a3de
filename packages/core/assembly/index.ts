// What the host calls. Nothing here allocates; all addresses and sizes are the host's.
import { backward } from './backward';
import { forward } from './forward';
import { BIASES, BLOCK, LABELS, LAYERS, LOSSES, pointer, PREDICTIONS, sampleAt, STRIDE, TILE_BYTES, WIDTH } from './network';
import { TILE } from './products';

export { expInPlace, log } from './elementary';
export { reduceAndStep, reduceAndStepRows } from './step';

/**
 * Fills the slot with the sums of the gradients over order[from … to), and leaves the sum of their losses and the
 * number of hits at `sums` (two f64). With flags, marks the rows of the first layer that were touched; the others
 * are 0.
 */
export function sumShard(net: usize, parameters: usize, slot: usize, slotBytes: usize, flags: usize, order: usize, from: i32, to: i32, sums: usize): void {
  clear(net, slot, slotBytes, flags);
  const labels = pointer(net, LABELS);
  const losses = pointer(net, LOSSES);
  const predictions = pointer(net, PREDICTIONS);
  let loss: f64 = 0;
  let correct = 0;
  for (let start = from; start < to; start += BLOCK) {
    const n = <usize>min(BLOCK, to - start);
    const block = order + (<usize>start << 2);
    forward(net, parameters, block, n, flags);
    for (let k: usize = 0; k < n; k++) {
      loss += <f64>load<f32>(losses + (k << 2));
      correct += <i32>(load<u32>(predictions + (k << 2)) == <u32>load<u8>(labels + sampleAt(block, k)));
    }
    backward(net, parameters, slot, block, n);
  }
  store<f64>(sums, loss);
  store<f64>(sums, <f64>correct, 8);
}

/** Loss (f32) and prediction (u8) of order[from … to). */
export function evaluate(net: usize, parameters: usize, order: usize, from: i32, to: i32, losses: usize, predictions: usize): void {
  for (let start = from; start < to; start += BLOCK) {
    const n = <usize>min(BLOCK, to - start);
    forward(net, parameters, order + (<usize>start << 2), n, 0);
    for (let k: usize = 0; k < n; k++) {
      store<f32>(losses + ((<usize>start + k) << 2), load<f32>(pointer(net, LOSSES) + (k << 2)));
      store<u8>(predictions + <usize>start + k, <u8>load<u32>(pointer(net, PREDICTIONS) + (k << 2)));
    }
  }
}

/** Empties a slot: with flags, of the rows that were touched and of what lies behind the first layer's weights. */
function clear(net: usize, slot: usize, slotBytes: usize, flags: usize): void {
  if (flags == 0) {
    memory.fill(slot, 0, slotBytes);
    return;
  }
  const zero = f32x4.splat(0);
  const layer = net + LAYERS;
  const width = pointer(layer, WIDTH);
  const tileBytes = pointer(layer, TILE_BYTES);
  const rows = tileBytes / pointer(layer, STRIDE);
  for (let r: usize = 0; r < rows; r++) {
    if (!load<u8>(flags + r)) continue;
    store<u8>(flags + r, 0);
    let row = slot + r * TILE;
    for (let column: usize = 0; column < width; column += TILE) {
      for (let c: usize = 0; c < TILE; c += 16) v128.store(row + c, zero);
      row += tileBytes;
    }
  }
  const behind = pointer(layer, BIASES);
  memory.fill(slot + behind, 0, slotBytes - behind);
}
