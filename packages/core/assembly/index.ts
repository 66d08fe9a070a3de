// What the host calls. Nothing here allocates; all addresses and sizes are the host's.
import { backward } from './backward';
import { forward } from './forward';
import { BLOCK, LABELS, LOSSES, pointer, PREDICTIONS, sampleAt } from './network';

export { expInPlace, log } from './elementary';
export { reduceAndStep, reduceAndStepRows } from './step';

/**
 * Adds the gradients over order[from … to) to the slot, and leaves the sum of their losses and the number of
 * hits at `sums` (two f64). With flags, marks the rows of the first layer that were touched.
 */
export function sumShard(net: usize, parameters: usize, slot: usize, flags: usize, order: usize, from: i32, to: i32, sums: usize): void {
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
