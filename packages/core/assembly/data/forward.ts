// The forward pass of a worker's shards, which reads all parameters.
import {
  BIASES, DEPTH, INPUTS, LAYER_BYTES, LIST_BEGINS_STEP, MASKED, ORDER, OWN_LIST_RANGE, PARAMETERS, PARTIALS, PATCH_BYTES, STRIDE, TILE_BYTES, WEIGHTS, WIDTH, WORKER, WORKERS,
} from '../fields';
import { forwardChunk } from '../layers/passes';
import { forwardPatches } from '../layers/patches';
import { columnsFrom, forwardPixels, inTiles } from '../layers/pixels';
import { beginsOf, fetch, locate } from '../lists';
import { firstLayer, lineBound, pointer, shareOf } from '../network';

/** Computes z, a, probabilities, losses and hits of a chunk of n samples from order[from] on. */
export function dataForward(net: usize, from: usize, n: usize, isFirstChunk: bool): void {
  // Later chunks of a shard read what the first one fetched.
  if (isFirstChunk && pointer(net, WORKERS) > 1) fetchParameters(net);
  const partials = pointer(net, PARTIALS);
  forwardFirstLayer(net, pointer(net, ORDER) + (from << 2), n, partials);
  forwardChunk(net, from, n, 0, partials, 1, 1);
}

/** Σ W·x of the first layer for n samples with one list each, into `target`, `width` bytes per sample. */
export function forwardFirstLayer(net: usize, order: usize, n: usize, target: usize): void {
  const layer = firstLayer(net);
  const W = pointer(net, PARAMETERS) + pointer(layer, WEIGHTS);
  const begins = beginsOf(net, 0);
  const ends = beginsOf(net, 1);
  locate(net, pointer(net, OWN_LIST_RANGE), order, n, 0, 1, begins, pointer(net, LIST_BEGINS_STEP), 1);
  if (pointer(net, PATCH_BYTES) != 0) return forwardPatches(net, layer, 0, n, begins, ends, W, target);
  const width = pointer(layer, WIDTH);
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    forwardPixels(net, layer, columns, n, begins, ends, W + inTiles(column, pointer(layer, TILE_BYTES)), target + column, false);
    column += columns;
  }
}

/** Fetches the weights that other workers stepped; dataAverageAndStep divides W into the same ranges. */
function fetchParameters(net: usize): void {
  const worker = pointer(net, WORKER);
  const workers = pointer(net, WORKERS);
  const parameters = pointer(net, PARAMETERS);
  let layer = firstLayer(net);
  for (let l: usize = 0; l < pointer(net, DEPTH); l++, layer += LAYER_BYTES) {
    const weights = pointer(layer, WEIGHTS);
    const biases = pointer(layer, BIASES);
    if (pointer(layer, MASKED) == 0) {
      fetch(net, parameters + weights, lineBound(weights, biases, worker, workers) - weights);
      const end = lineBound(weights, biases, worker + 1, workers);
      fetch(net, parameters + end, biases - end);
      continue;
    }
    const inputs = pointer(layer, INPUTS);
    const stride = pointer(layer, STRIDE);
    const first = shareOf(inputs, worker, workers);
    const end = shareOf(inputs, worker + 1, workers);
    const tileBytes = pointer(layer, TILE_BYTES);
    for (let tile = weights; tile + tileBytes <= biases; tile += tileBytes) {
      fetch(net, parameters + tile, first * stride);
      fetch(net, parameters + tile + end * stride, (inputs - end) * stride);
    }
  }
}
