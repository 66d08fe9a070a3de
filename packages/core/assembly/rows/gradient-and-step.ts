// The gradient of the rows that a worker owns, and their step: no two workers write to the same row.
//
// A small last layer is an exception, because its gradient is smaller than the factors a and dz. The worker that
// computes a shard sums the shard's gradient (shardGradient); here, the worker that owns a row adds the shards'
// gradients of this row, in the order of the shards.
import {
  ACTIVATION_STEP, BIASES, BY_ROW, BY_ROW_STEP, COUNTING, DELTA_TILE, DELTAS, DEPTH, END_SEGMENT, FIRST_SEGMENT, GRADIENT, INPUTS, LAYER_BYTES, MASKS, PARAMETERS, PATCH_BYTES, SCALED, SCRATCH, SHARD_GRADIENTS, SHARD_GRADIENT_STEP, SHARDS, STRIDE, TILE_BYTES, VALUES, WEIGHTS, WIDTH, WORKER, WORKERS,
} from '../fields';
import { activationsFrom, dense, one, readValues, STEP, STORE, sumRow, TWELVE } from '../layers/gradient';
import { addOuterPatches, PATCH, tilesEnd } from '../layers/patches';
import { clear, masksEnd, setMasks, spreadByRow, TILE } from '../layers/pixels';
import { beginsOf, fetch } from '../lists';
import { lastLayer, pointer, shareOf } from '../network';
import { addInto, beginStep, momentum, stepInto } from '../sgd';
import { endsOf, firstRowOf } from './forward-first-layer';

// State of the current step. Each worker has its own instance of the module, so these variables are not shared.
let totals: isize = 0; // bytes from a parameter to its sum over the minibatch's earlier chunks; 0 if the minibatch is one chunk
let last: bool = true; // whether this is the minibatch's last chunk, after which the step follows
let scratch: usize = 0;

/**
 * Computes the gradient of this worker's rows of every layer over the chunk's n samples and, after the last chunk of
 * a minibatch of m samples, steps the rows by the mean. The sums in `gradient` are 0 between steps.
 */
export function rowsAverageAndStep(net: usize, n: usize, m: f32, isFirst: bool, isLast: bool): void {
  const parameters = pointer(net, PARAMETERS);
  const worker = pointer(net, WORKER);
  const workers = pointer(net, WORKERS);
  totals = isFirst && isLast ? 0 : <isize>pointer(net, GRADIENT) - <isize>parameters;
  last = isLast;
  scratch = pointer(net, SCRATCH);
  beginStep(net, 1 / m);
  let layer = lastLayer(net);
  for (let l = pointer(net, DEPTH) - 1; l > 0; l--, layer -= LAYER_BYTES) {
    const inputs = pointer(layer, INPUTS);
    const begin = shareOf(inputs, worker, workers);
    const end = shareOf(inputs, worker + 1, workers);
    const ownsBiases = l % workers == worker;
    if (pointer(layer, SHARD_GRADIENTS) != 0) {
      sumShards(net, layer, begin, end, parameters + pointer(layer, WEIGHTS) + begin * pointer(layer, STRIDE));
      if (ownsBiases) sumShards(net, layer, inputs, inputs + 1, parameters + pointer(layer, BIASES));
    } else {
      upperRows(net, layer, parameters, n, begin, end);
      if (ownsBiases) biasRow(net, layer, parameters, n);
    }
  }
  if (worker == 0) biasRow(net, layer, parameters, n);
  if (pointer(net, PATCH_BYTES) == 0) pixelRows(net, layer, parameters, n);
  else patchRows(net, layer, parameters, n, m);
}

/**
 * Adds `bytes` of the chunk's finished sums to the totals of earlier chunks, and after the last chunk steps the
 * parameters at `at`.
 */
function finish(at: usize, sums: usize, bytes: usize): void {
  if (totals == 0) return stepInto(at, sums, bytes);
  addInto(at + totals, sums, bytes);
  if (!last) return;
  stepInto(at, at + totals, bytes);
  memory.fill(at + totals, 0, bytes);
}

/**
 * Whether a row without non-zero inputs stays the same: in the last chunk, sums of earlier chunks or the velocity may
 * move it.
 */
// @ts-ignore: decorator
@inline
function restsWithoutInputs(): bool {
  return last ? totals == 0 && momentum == 0 : true;
}

/** Whether a row can be stepped while its sums are in registers. */
// @ts-ignore: decorator
@inline
function isPlain(): bool {
  return totals == 0 && momentum == 0;
}

/** Rows of the first layer where W is kept in rows. */
function pixelRows(net: usize, layer: usize, parameters: usize, n: usize): void {
  const first = pointer(net, FIRST_SEGMENT);
  const end = pointer(net, END_SEGMENT);
  const deltaTile = pointer(layer, DELTA_TILE);
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  for (let column: usize = 0, dz = pointer(layer, DELTAS); column < width; column += TILE, dz += deltaTile) fetch(net, dz, n * stride);
  for (let segment = first; segment < end; segment++) {
    spreadByRow(net, n, beginsOf(net, segment), beginsOf(net, segment + 1), firstRowOf(net, segment));
  }
  const masks = pointer(net, MASKS);
  const used = (masksEnd(net, n) - masks) << 3;
  const rowStep = pointer(net, BY_ROW_STEP);
  const rests = restsWithoutInputs();
  const weights = parameters + pointer(layer, WEIGHTS);
  const to = firstRowOf(net, end);
  let index = pointer(net, BY_ROW) + firstRowOf(net, first) * rowStep;
  for (let r = firstRowOf(net, first); r < to; r++, index += rowStep) {
    if (setMasks(masks, index, index + used) == 0 && rests) continue;
    finishRow(net, layer, n, index, pointer(net, SCALED), weights + r * stride, pointer(layer, TILE_BYTES));
    clear(index, index + used);
  }
}

/** Sums a row over the samples in the masks and finishes it, tile by tile. */
function finishRow(net: usize, layer: usize, n: usize, index: usize, table: usize, at: usize, tile: usize): void {
  const masks = pointer(net, MASKS);
  if (isPlain()) return sumRow(layer, masks, 0, n, index, table, at, tile, STEP);
  sumRow(layer, masks, 0, n, index, table, scratch, TILE, STORE);
  const width = pointer(layer, WIDTH);
  for (let column: usize = 0; column < width; column += TILE, at += tile) finish(at, scratch + column, min(TILE, width - column));
}

/**
 * Patches of the first layer. Their gradient is summed sample by sample: sorting the patches by row would cost more
 * than sums in registers save.
 */
function patchRows(net: usize, layer: usize, parameters: usize, n: usize, m: f32): void {
  const gradient = pointer(net, GRADIENT);
  const first = pointer(net, FIRST_SEGMENT);
  const end = pointer(net, END_SEGMENT);
  const dW = gradient + pointer(layer, WEIGHTS);
  addOuterPatches(layer, n, beginsOf(net, first), endsOf(net, end), dW, pointer(layer, DELTAS));
  if (!last) return;
  // The sums are 255 times too large: the inputs are bytes.
  beginStep(net, <f32>(1 / m) / 255);
  const begin = firstRowOf(net, first) * PATCH;
  const bytes = firstRowOf(net, end) * PATCH - begin;
  const tileBytes = pointer(layer, TILE_BYTES);
  const tiles = tilesEnd(layer, dW);
  for (let tile = dW; tile + tileBytes <= tiles; tile += tileBytes) {
    const sums = tile + begin;
    stepInto(sums - gradient + parameters, sums, bytes);
    memory.fill(sums, 0, bytes);
  }
}

/** Computes a shard's gradient of a small last layer, over n samples from `place` of the chunk on. */
export function shardGradient(net: usize, layer: usize, below: usize, place: usize, n: usize, shard: usize): void {
  const a = activationsFrom(below, place);
  const step = pointer(below, ACTIVATION_STEP);
  const dz = pointer(layer, DELTAS) + place * TWELVE;
  const sums = pointer(layer, SHARD_GRADIENTS) + shard * pointer(layer, SHARD_GRADIENT_STEP);
  const inputs = pointer(layer, INPUTS);
  // The value behind the last input is the 1 of b; see relu in layers/hidden.ts.
  for (let r: usize = 0; r <= inputs; r += 4) dense(a + (r << 2), step, n, dz, sums + r * TWELVE);
}

/**
 * Adds the shards' gradients of rows [from … to) of a small last layer, and finishes these rows; b is the row behind
 * the last input.
 */
function sumShards(net: usize, layer: usize, from: usize, to: usize, at: usize): void {
  const step = pointer(layer, SHARD_GRADIENT_STEP);
  const bytes = (to - from) * TWELVE;
  let values = pointer(layer, SHARD_GRADIENTS) + from * TWELVE;
  const end = values + pointer(net, SHARDS) * step;
  memory.fill(scratch, 0, bytes);
  for (; values < end; values += step) addInto(scratch, values, bytes);
  finish(at, scratch, bytes);
}

/** Computes and finishes rows [from … to) of a layer above the first. */
function upperRows(net: usize, layer: usize, parameters: usize, n: usize, from: usize, to: usize): void {
  const below = layer - LAYER_BYTES;
  const weights = parameters + pointer(layer, WEIGHTS);
  const a = activationsFrom(below, 0);
  const step = pointer(below, ACTIVATION_STEP);
  if (pointer(layer, WIDTH) == TWELVE) {
    for (let r = from; r < to; r += 4) {
      dense(a + (r << 2), step, n, pointer(layer, DELTAS), scratch);
      finish(weights + r * TWELVE, scratch, min<usize>(4, to - r) * TWELVE);
    }
    return;
  }
  const rests = restsWithoutInputs();
  for (let r = from; r < to; r++) {
    valuesRow(net, layer, n, a + (r << 2), step, rests, weights + r * pointer(layer, STRIDE), pointer(layer, TILE_BYTES));
  }
}

function valuesRow(net: usize, layer: usize, n: usize, a: usize, step: usize, rests: bool, at: usize, tile: usize): void {
  if (readValues(net, a, step, n) == 0 && rests) return;
  finishRow(net, layer, n, pointer(net, COUNTING), pointer(net, VALUES), at, tile);
}

/** Computes and finishes b of a layer, like a row of W whose input is always 1. */
function biasRow(net: usize, layer: usize, parameters: usize, n: usize): void {
  const at = parameters + pointer(layer, BIASES);
  if (pointer(layer, WIDTH) != TWELVE) return valuesRow(net, layer, n, one(net), 0, false, at, TILE);
  dense(one(net) - 12, 0, n, pointer(layer, DELTAS), scratch);
  finish(at, scratch + 3 * TWELVE, TWELVE);
}
