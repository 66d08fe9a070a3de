// What a worker does with its range of parameters when all shards' gradients are there: average, then step.
import {
  BIASES, DEPTH, INPUTS, LAYER_BYTES, MASKED, PARAMETERS, PATCH_BYTES, SCRATCH, STRIDE, TILE_BYTES, TOUCHED, TOUCHED_ROWS, WEIGHTS, WIDTH, WORKER, WORKERS,
} from '../fields';
import { firstLayer, pointer, shareOf } from '../network';
import { beginStep, momentum, stepInto } from '../sgd';
import { averageBytes, averageRow } from './average';

/** Bytes that are averaged before they are stepped, so that the sums stay in the nearest cache. */
const PORTION: usize = 2048;

/** Average and step of a minibatch of m, over this worker's range of each layer's W and b. */
export function dataAverageAndStep(net: usize, m: f32): void {
  const worker = pointer(net, WORKER);
  const workers = pointer(net, WORKERS);
  let layer = firstLayer(net);
  for (let l: usize = 0; l < pointer(net, DEPTH); l++, layer += LAYER_BYTES) {
    const weights = pointer(layer, WEIGHTS);
    const biases = pointer(layer, BIASES);
    // Pixels were bytes.
    beginStep(net, 1 / (l == 0 && pointer(net, PATCH_BYTES) != 0 ? 255 * m : m));
    if (pointer(layer, MASKED) != 0) {
      const inputs = pointer(layer, INPUTS);
      rows(net, layer, shareOf(inputs, worker, workers), shareOf(inputs, worker + 1, workers));
    } else {
      lines(net, weights, biases, worker, workers);
    }
    beginStep(net, 1 / m);
    lines(net, biases, biases + pointer(layer, WIDTH), worker, workers);
  }
}

/** This worker's lines of bytes [begin … end) of the parameters. */
function lines(net: usize, begin: usize, end: usize, worker: usize, workers: usize): void {
  const count = (end - begin + 63) >> 6;
  const to = begin + (shareOf(count, worker + 1, workers) << 6);
  const sums = pointer(net, SCRATCH);
  for (let from = begin + (shareOf(count, worker, workers) << 6); from < to; from += PORTION) {
    const bytes = min(PORTION, to - from);
    averageBytes(net, from, bytes, sums);
    stepInto(pointer(net, PARAMETERS) + from, sums, bytes);
  }
}

/** Rows [from … to) of W, tile by tile. A row that no shard touched moves only by its velocity. */
function rows(net: usize, layer: usize, from: usize, to: usize): void {
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  const end = pointer(layer, BIASES);
  const sums = pointer(net, SCRATCH);
  const flags = pointer(net, TOUCHED) + pointer(layer, TOUCHED_ROWS);
  for (let tile = pointer(layer, WEIGHTS); tile + tileBytes <= end; tile += tileBytes) {
    for (let r = from; r < to; r++) {
      const at = tile + r * stride;
      if (!averageRow(net, at, stride, flags + r, sums)) {
        if (momentum == 0) continue;
        memory.fill(sums, 0, stride);
      }
      stepInto(pointer(net, PARAMETERS) + at, sums, stride);
    }
  }
}
