// The forward pass from the first layer's partial sums on, and the backward pass down to dz of the first layer: the
// same for both strategies.
import {
  BIASES, DEPTH, HITS, LABELS, LAYER_BYTES, LOSSES, ORDER, PARAMETERS, PREDICTIONS, SUMS, WIDTH, Z,
} from '../fields';
import { AT_ONCE, firstLayer, lastLayer, pointer, sampleAt, word } from '../network';
import { backwardHidden, collect, forwardHidden, relu } from './hidden';
import { EIGHT, finishLosses, outputBackward, outputForward } from './output';

/**
 * Forward pass of n samples, from the partial sums of the first layer's z to each sample's loss and prediction.
 *
 * @param place the first sample's place in the chunk
 * @param partials of the first sample: `count` partial sums, `partialStep` bytes from one to the next
 * @param keep whether the chunk keeps what the backward pass needs
 * @param marks u8 per sample; see storeResults
 */
export function forwardLayers(net: usize, order: usize, n: usize, place: usize, partials: usize, partialStep: usize, count: usize, keep: bool, losses: usize, marks: usize): void {
  const depth = word(net, DEPTH);
  const parameters = pointer(net, PARAMETERS);
  const first = firstLayer(net);
  const last = lastLayer(net);
  const width = pointer(first, WIDTH);
  for (let done: usize = 0; done < n; done += AT_ONCE) {
    const m = min(AT_ONCE, n - done);
    sumPartials(first, parameters, m, partials + done * width, partialStep, count);
    let layer = first;
    for (let l = 1; l < depth; l++) {
      const below = layer;
      layer += LAYER_BYTES;
      relu(below, m, place + done, keep);
      if (layer == last) break;
      collect(below, layer, m, place + done);
      forwardHidden(layer, parameters, m, place + done);
    }
    const below = depth == 1 ? 0 : last - LAYER_BYTES;
    for (let k: usize = 0; k < m; k += EIGHT) {
      outputForward(net, last, below, order + (done << 2), k, min(EIGHT, m - k), place + done + k, keep);
    }
    storeResults(net, m, order + (done << 2), losses + (done << 2), marks + (done << 1), keep);
  }
}

/** z = Σ partials + b for n samples: `count` partial sums, `step` bytes from one to the next. */
function sumPartials(layer: usize, parameters: usize, n: usize, partials: usize, step: usize, count: usize): void {
  const b = parameters + pointer(layer, BIASES);
  let z = pointer(layer, Z);
  const width = pointer(layer, WIDTH);
  const all = count * step;
  for (let k: usize = 0; k < n; k++) {
    const end = partials + width;
    let bias = b;
    for (; partials + 32 <= end; partials += 32) {
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      for (let at = partials; at < partials + all; at += step) {
        sum0 = f32x4.add(sum0, v128.load(at, 0));
        sum1 = f32x4.add(sum1, v128.load(at, 16));
      }
      sum0 = f32x4.add(sum0, v128.load(bias, 0));
      sum1 = f32x4.add(sum1, v128.load(bias, 16));
      v128.store(z, sum1, 16);
      v128.store(z, sum0, 0);
      bias += 32;
      z += 32;
    }
    if (partials < end) {
      let sum = f32x4.splat(0);
      for (let at = partials; at < partials + all; at += step) sum = f32x4.add(sum, v128.load(at));
      v128.store(z, f32x4.add(sum, v128.load(bias)));
      partials += 16;
      z += 16;
    }
  }
}

/**
 * Writes the losses (f32) of n samples, at most 64, and a word (u16) each: in training whether the prediction is correct,
 * otherwise the prediction.
 */
function storeResults(net: usize, n: usize, order: usize, losses: usize, marks: usize, training: bool): void {
  finishLosses(net, n);
  memory.copy(losses, pointer(net, SUMS), n << 2);
  for (let k: usize = 0; k < n; k++) {
    const prediction = load<u32>(pointer(net, PREDICTIONS) + (k << 2));
    const label = <u32>load<u16>(pointer(net, LABELS) + (sampleAt(order, k) << 1));
    store<u16>(marks + (k << 1), <u16>(training ? u32(prediction == label) : prediction));
  }
}

/**
 * Forward pass of n samples from order[from] on, at `place` of the chunk, which keeps their activations, losses and
 * hits.
 */
// @ts-ignore: decorator
@inline
export function forwardChunk(net: usize, from: usize, n: usize, place: usize, partials: usize, partialStep: usize, count: usize): void {
  const order = pointer(net, ORDER) + (from << 2);
  forwardLayers(net, order, n, place, partials, partialStep, count, true, pointer(net, LOSSES) + (place << 2), pointer(net, HITS) + (place << 1));
}

/**
 * Computes dz of every layer for n samples from order[from] on, at `place` of the chunk, whose forward pass is done.
 */
export function backwardLayers(net: usize, from: usize, n: usize, place: usize): void {
  const depth = word(net, DEPTH);
  const order = pointer(net, ORDER) + (from << 2);
  const last = lastLayer(net);
  const below = depth == 1 ? 0 : last - LAYER_BYTES;
  for (let k: usize = 0; k < n; k += EIGHT) {
    outputBackward(net, last, below, order + (k << 2), min(EIGHT, n - k), place + k);
  }
  const parameters = pointer(net, PARAMETERS);
  for (let layer = below, l = depth - 2; l > 0; l--, layer -= LAYER_BYTES) {
    backwardHidden(layer, layer - LAYER_BYTES, parameters, n, place);
  }
}
