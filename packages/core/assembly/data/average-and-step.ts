// The average and the step of the strategy `data`. After all workers have met, each worker averages the gradients of
// all shards over its own range of the parameters and steps that range; no other worker writes to it.
import {
  BIASES, DEPTH, INPUTS, LAYER_BYTES, MASKED, PARAMETERS, PATCH_BYTES, SCRATCH, SHARDS, STRIDE, TILE_BYTES, TOUCHED, TOUCHED_ROWS, TOUCHED_STEP, WEIGHTS, WIDTH, WORKER, WORKERS,
} from '../fields';
import { fetch } from '../lists';
import { firstLayer, lineBound, pointer, shareOf } from '../network';
import { beginStep, momentum, stepInto } from '../sgd';
import { averageBytes, averageRow } from './average';
import { gradientOf } from './shard-gradient';

/** Bytes that are averaged and then stepped together: few enough that their sums stay in the L1 cache. */
const PORTION: usize = 2048;

/**
 * Averages the shards' gradients of a minibatch of m samples, and steps this worker's range of each layer's W and b.
 */
export function dataAverageAndStep(net: usize, m: f32): void {
  const worker = pointer(net, WORKER);
  const workers = pointer(net, WORKERS);
  let layer = firstLayer(net);
  for (let l: usize = 0; l < pointer(net, DEPTH); l++, layer += LAYER_BYTES) {
    const weights = pointer(layer, WEIGHTS);
    const biases = pointer(layer, BIASES);
    // In patches, the gradient is 255 times too large: the inputs are bytes, not values from 0 to 1.
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

/** Averages and steps this worker's cache lines of the bytes [begin … end) of the parameters. */
function lines(net: usize, begin: usize, end: usize, worker: usize, workers: usize): void {
  const first = lineBound(begin, end, worker, workers);
  const to = lineBound(begin, end, worker + 1, workers);
  for (let shard: usize = 0; shard < pointer(net, SHARDS); shard++) {
    if (!isOwn(net, shard)) fetch(net, gradientOf(net, shard) + first, to - first);
  }
  const sums = pointer(net, SCRATCH);
  for (let from = first; from < to; from += PORTION) {
    const bytes = min(PORTION, to - from);
    averageBytes(net, from, bytes, sums);
    stepInto(pointer(net, PARAMETERS) + from, sums, bytes);
  }
}

/**
 * Averages and steps rows [from … to) of W, tile by tile. A row that no shard touched has gradient 0: only its
 * velocity moves it.
 */
function rows(net: usize, layer: usize, from: usize, to: usize): void {
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  const end = pointer(layer, BIASES);
  const sums = pointer(net, SCRATCH);
  const flags = pointer(net, TOUCHED) + pointer(layer, TOUCHED_ROWS);
  for (let tile = pointer(layer, WEIGHTS); tile + tileBytes <= end; tile += tileBytes) {
    for (let r = from; r < to; r++) {
      if ((r - from) % FETCHED_ROWS == 0) fetchRows(net, tile, stride, flags, r, min(r + FETCHED_ROWS, to));
      const at = tile + r * stride;
      if (!averageRow(net, at, stride, flags + r, sums)) {
        if (momentum == 0) continue;
        memory.fill(sums, 0, stride);
      }
      stepInto(pointer(net, PARAMETERS) + at, sums, stride);
    }
  }
}

/** Number of rows of a tile that are fetched at once. */
const FETCHED_ROWS: usize = 32;

/** Fetches the touched rows [from … to) of a tile from the gradients that other workers wrote. */
function fetchRows(net: usize, tile: usize, stride: usize, flags: usize, from: usize, to: usize): void {
  for (let shard: usize = 0; shard < pointer(net, SHARDS); shard++) {
    if (isOwn(net, shard)) continue;
    const rows = gradientOf(net, shard) + tile;
    const touched = flags + shard * pointer(net, TOUCHED_STEP);
    for (let r = from; r < to; r++) if (load<u8>(touched + r) != 0) fetch(net, rows + r * stride, stride);
  }
}

/** Whether this worker computed the shard's gradient. */
// @ts-ignore: decorator
@inline
function isOwn(net: usize, shard: usize): bool {
  const shards = pointer(net, SHARDS);
  const worker = pointer(net, WORKER);
  const workers = pointer(net, WORKERS);
  return shard >= shareOf(shards, worker, workers) && shard < shareOf(shards, worker + 1, workers);
}
