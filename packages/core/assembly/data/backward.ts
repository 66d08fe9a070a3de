// Backward pass of a worker's shards, into the gradient of each of them, which this worker alone writes.
//
// A shard of 16 digits has a pixel in about half of W1's rows. Where W1 is kept in rows, only those are written, and
// `touched` has a flag for each: the others are 0, whatever the memory holds.
import {
  ACTIVATION_STEP, BIASES, BY_ROW, BY_ROW_STEP, COUNTING, DELTAS, DEPTH, GRADIENT, GRADIENT_STEP, INPUTS, LAYER_BYTES, MASKED, MASKS, PATCH_BYTES, SCALED, SCRATCH, SHARD_PLACES, STRIDE, TILE_BYTES, TOUCHED, TOUCHED_ROWS, TOUCHED_STEP, VALUES, WEIGHTS, WIDTH,
} from '../fields';
import { activationsFrom, ADD, dense, hasAny, one, readValues, STORE, sumRow, TWELVE } from '../layers/gradient';
import { backwardLayers } from '../layers/passes';
import { addOuterPatches } from '../layers/patches';
import { clear, masksEnd, setMasks, spreadByRow, TILE } from '../layers/pixels';
import { beginsOf } from '../lists';
import { lastLayer, pointer } from '../network';
import { addInto } from '../sgd';

// The shards whose gradients are computed, and whether this is the first chunk of theirs; each worker's own.
let firstShard: usize = 0;
let endShard: usize = 0;
let isFirst: bool = true;

/**
 * dz of every layer for a chunk of n samples from order[from] on, whose forward pass is done, and the gradients of the
 * shards [first … end) that they are: set to it by the shards' first chunk; later ones add to it.
 */
export function dataBackward(net: usize, from: usize, n: usize, first: usize, end: usize, isFirstChunk: bool): void {
  firstShard = first;
  endShard = end;
  isFirst = isFirstChunk;
  backwardLayers(net, from, n, 0);
  if (isFirst) memory.fill(touchedOf(net, first), 0, (end - first) * pointer(net, TOUCHED_STEP));
  let layer = lastLayer(net);
  for (let l = pointer(net, DEPTH) - 1; l > 0; l--, layer -= LAYER_BYTES) {
    if (pointer(layer, MASKED) == 0) denseGradient(net, layer);
    else valuesGradient(net, layer, n);
    biasGradient(net, layer, n);
  }
  biasGradient(net, layer, n);
  if (pointer(net, PATCH_BYTES) != 0) patchesGradient(net, layer);
  else pixelsGradient(net, layer, n);
}

/** Where in the chunk a shard's samples begin; for the shard behind the last one, where they end. */
// @ts-ignore: decorator
@inline
function placeOf(net: usize, shard: usize): usize {
  return <usize>load<u32>(pointer(net, SHARD_PLACES) + ((shard - firstShard) << 2));
}

// @ts-ignore: decorator
@inline
function gradientOf(net: usize, shard: usize): usize {
  return pointer(net, GRADIENT) + shard * pointer(net, GRADIENT_STEP);
}

// @ts-ignore: decorator
@inline
function touchedOf(net: usize, shard: usize): usize {
  return pointer(net, TOUCHED) + shard * pointer(net, TOUCHED_STEP);
}

/** dW1 by patches, 255 times as large, as pixels are bytes; sample after sample. */
function patchesGradient(net: usize, layer: usize): void {
  const bytes = pointer(layer, BIASES) - pointer(layer, WEIGHTS);
  for (let shard = firstShard; shard < endShard; shard++) {
    const place = placeOf(net, shard);
    const dW = gradientOf(net, shard) + pointer(layer, WEIGHTS);
    if (isFirst) memory.fill(dW, 0, bytes);
    const dz = pointer(layer, DELTAS) + place * pointer(layer, STRIDE);
    addOuterPatches(layer, placeOf(net, shard + 1) - place, beginsOf(net, 0) + (place << 2), beginsOf(net, 1) + (place << 2), dW, dz);
  }
}

/** dW1 by pixels, row by row. */
function pixelsGradient(net: usize, layer: usize, n: usize): void {
  spreadByRow(net, n, beginsOf(net, 0), beginsOf(net, 1), 0);
  const masks = pointer(net, MASKS);
  const used = (masksEnd(net, n) - masks) << 3;
  const rowStep = pointer(net, BY_ROW_STEP);
  const inputs = pointer(layer, INPUTS);
  let index = pointer(net, BY_ROW);
  for (let r: usize = 0; r < inputs; r++, index += rowStep) {
    if (setMasks(masks, index, index + used) == 0) continue;
    rowGradients(net, layer, r, index, pointer(net, SCALED));
    clear(index, index + used);
  }
}

/** dW of a layer above the first, row by row. */
function valuesGradient(net: usize, layer: usize, n: usize): void {
  const below = layer - LAYER_BYTES;
  const a = activationsFrom(below, 0);
  const step = pointer(below, ACTIVATION_STEP);
  const inputs = pointer(layer, INPUTS);
  for (let r: usize = 0; r < inputs; r++) {
    if (readValues(net, a + (r << 2), step, n) == 0) continue;
    rowGradients(net, layer, r, pointer(net, COUNTING), pointer(net, VALUES));
  }
}

/** Row r of every shard that has samples in the masks: set, or added to what an earlier chunk left. */
// @ts-ignore: decorator
@inline
function rowGradients(net: usize, layer: usize, r: usize, index: usize, table: usize): void {
  const row = pointer(layer, WEIGHTS) + r * pointer(layer, STRIDE);
  const flag = pointer(layer, TOUCHED_ROWS) + r;
  for (let shard = firstShard; shard < endShard; shard++) {
    const place = placeOf(net, shard);
    const end = placeOf(net, shard + 1);
    if (!hasAny(net, place, end)) continue;
    const touched = touchedOf(net, shard) + flag;
    const outcome = load<u8>(touched) == 0 ? STORE : ADD;
    sumRow(net, layer, place, end, index, table, gradientOf(net, shard) + row, pointer(layer, TILE_BYTES), outcome);
    store<u8>(touched, 1);
  }
}

/** dW of a layer of at most twelve outputs above the first. */
function denseGradient(net: usize, layer: usize): void {
  const below = layer - LAYER_BYTES;
  const step = pointer(below, ACTIVATION_STEP);
  const inputs = pointer(layer, INPUTS);
  for (let shard = firstShard; shard < endShard; shard++) {
    const dW = gradientOf(net, shard) + pointer(layer, WEIGHTS);
    const a = activationsFrom(below, placeOf(net, shard));
    for (let r: usize = 0; r < inputs; r += 4) {
      keepDense(net, layer, shard, a + (r << 2), step, dW + r * TWELVE, 0, min<usize>(4, inputs - r) * TWELVE);
    }
  }
}

/** db of a layer: a row whose input is always 1. */
function biasGradient(net: usize, layer: usize, n: usize): void {
  const isDense = pointer(layer, WIDTH) == TWELVE;
  if (!isDense) readValues(net, one(net), 0, n);
  for (let shard = firstShard; shard < endShard; shard++) {
    const db = gradientOf(net, shard) + pointer(layer, BIASES);
    if (isDense) keepDense(net, layer, shard, one(net) - 12, 0, db, 3 * TWELVE, TWELVE);
    else sumRow(net, layer, placeOf(net, shard), placeOf(net, shard + 1), pointer(net, COUNTING), pointer(net, VALUES), db, TILE, isFirst ? STORE : ADD);
  }
}

/** `bytes`, from `skip` on, of four rows of twelve outputs, over a shard's samples. */
function keepDense(net: usize, layer: usize, shard: usize, a: usize, step: usize, at: usize, skip: usize, bytes: usize): void {
  const sums = pointer(net, SCRATCH);
  const place = placeOf(net, shard);
  dense(a, step, placeOf(net, shard + 1) - place, pointer(layer, DELTAS) + place * TWELVE, sums);
  if (isFirst) memory.copy(at, sums + skip, bytes);
  else addInto(at, sums + skip, bytes);
}
