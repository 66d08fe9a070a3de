import {
  ACTIVATIONS, BIASES, INDICES, COUNTS, DELTAS, DEPTH, ENTRIES, ENTRY_STEP, LABELS, LAYER_BYTES, LAYERS, pointer, sampleAt, TILE_BYTES, WEIGHTS, WIDTH, word,
} from './network';
import { addOuterBlock, dotRow } from './products';

/** Adds the gradients of the n samples that went forward last to the slot. */
export function backward(net: usize, parameters: usize, slot: usize, order: usize, n: usize): void {
  const depth = word(net, DEPTH);
  let layer = net + LAYERS + LAYER_BYTES * <usize>(depth - 1);
  const labels = pointer(net, LABELS);
  // dz = a − y, in the place of a. The padding lanes of a are 0 and stay so.
  let dz = pointer(layer, ACTIVATIONS);
  for (let k: usize = 0; k < n; k++) {
    const truth = dz + k * pointer(layer, WIDTH) + (<usize>load<u8>(labels + sampleAt(order, k)) << 2);
    store<f32>(truth, load<f32>(truth) - 1);
  }
  for (let l = depth - 1; ; l--) {
    const width = pointer(layer, WIDTH);
    const entries = pointer(layer, ENTRIES);
    const entryStep = pointer(layer, ENTRY_STEP);
    const counts = pointer(layer, COUNTS);
    const tileBytes = pointer(layer, TILE_BYTES);
    addOuterBlock(entries, entryStep, counts, n, width, tileBytes, slot + pointer(layer, WEIGHTS), slot + pointer(layer, BIASES), dz, width);
    if (l == 0) return;

    // dz below = (Wᵀ·dz) ⊙ ReLU′(z): only where there is an entry was z above zero.
    const below = layer - LAYER_BYTES;
    const dzBelow = pointer(below, DELTAS);
    const widthBelow = pointer(below, WIDTH);
    const W = parameters + pointer(layer, WEIGHTS);
    const indices = pointer(layer, INDICES);
    memory.fill(dzBelow, 0, widthBelow * n);
    for (let k: usize = 0; k < n; k++) {
      const end = entries + k * entryStep + (<usize>load<u32>(counts + (k << 2)) << 3);
      const target = dzBelow + k * widthBelow;
      let index = indices + k * (entryStep >> 1);
      for (let entry = entries + k * entryStep; entry < end; entry += 8, index += 4) {
        const row = W + <usize>load<u32>(entry);
        store<f32>(target + <usize>load<u32>(index), dotRow(row, dz + k * width, width, tileBytes));
      }
    }
    dz = dzBelow;
    layer = below;
  }
}
