// The backward pass of a worker's shards. Each shard has its own gradient, and only the worker that computes the
// shard writes it. If a worker computes both shards of a pair, their rows share one gradient; see shardOfSums.
//
// A shard of 16 digits has non-zero pixels in about half of W1's rows. Where W1 is kept in rows, only these rows are
// written, and a flag in `touched` marks each of them. A row without a flag counts as 0, whatever its memory holds.
import {
  ACTIVATION_STEP, BIASES, BY_ROW, BY_ROW_STEP, COUNTING, DELTA_TILE, DELTAS, DEPTH, INPUTS, LAYER_BYTES, MASKED, MASKS, PATCH_BYTES, ROW_ORDER, SCALED, SCRATCH, SHARD_PLACES, STRIDE, TILE_BYTES, TOUCHED, TOUCHED_ROWS, TOUCHED_STEP, VALUES, WEIGHTS, WIDTH,
} from '../fields';
import { activationsFrom, ADD, dense, hasAny, one, readValues, sortRows, STORE, sumRow, sumTile, TWELVE } from '../layers/gradient';
import { backwardLayers } from '../layers/passes';
import { addOuterPatches } from '../layers/patches';
import { clear, columnsFrom, inTiles, masksEnd, setMasks, spreadByRow, TILE } from '../layers/pixels';
import { beginsOf } from '../lists';
import { lastLayer, pointer } from '../network';
import { addInto } from '../sgd';
import { gradientOf } from './shard-gradient';

// The shards [firstShard … endShard) of the current chunk, and whether the chunk is their first. Each worker has its
// own instance of the module, so these variables are not shared.
let firstShard: usize = 0;
let endShard: usize = 0;
let isFirst: bool = true;

/**
 * Computes dz of every layer for a chunk of n samples from order[from] on, whose forward pass is done, and the
 * gradients of the shards [first … end) over these samples. The first chunk of the shards overwrites the gradients;
 * later chunks add to them.
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

/** The place in the chunk where a shard's samples begin; for the shard after the last one, where the samples end. */
// @ts-ignore: decorator
@inline
function placeOf(net: usize, shard: usize): usize {
  return <usize>load<u32>(pointer(net, SHARD_PLACES) + ((shard - firstShard) << 2));
}

// @ts-ignore: decorator
@inline
function touchedOf(net: usize, shard: usize): usize {
  return pointer(net, TOUCHED) + shard * pointer(net, TOUCHED_STEP);
}

/** 255·dW1 in patches, sample by sample: the inputs are bytes. */
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

/** dW1 in rows, shard by shard and tile by tile, so that a tile of dz stays in the cache while all rows use it. */
function pixelsGradient(net: usize, layer: usize, n: usize): void {
  spreadByRow(net, n, beginsOf(net, 0), beginsOf(net, 1), 0);
  const masks = pointer(net, MASKS);
  const maskBytes = masksEnd(net, n) - masks;
  const used = maskBytes << 3;
  const rowStep = pointer(net, BY_ROW_STEP);
  const byRow = pointer(net, BY_ROW);
  const inputs = pointer(layer, INPUTS);
  for (let r: usize = 0; r < inputs; r++) setMasks(masks + r * maskBytes, byRow + r * rowStep, byRow + r * rowStep + used);
  for (let shard = firstShard; shard < endShard; shard++) shardPixels(net, layer, shard, masks, maskBytes, byRow, rowStep);
  for (let r: usize = 0; r < inputs; r++) clear(byRow + r * rowStep, byRow + r * rowStep + used);
}

function shardPixels(net: usize, layer: usize, shard: usize, masks: usize, maskBytes: usize, byRow: usize, rowStep: usize): void {
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const scaled = pointer(net, SCALED);
  const place = placeOf(net, shard);
  const placeEnd = placeOf(net, shard + 1);
  const target = shardOfSums(shard);
  const flags = flagsOf(net, layer, target);
  const none = sortRows(net, pointer(layer, INPUTS), masks, maskBytes, place, placeEnd);
  const order = pointer(net, ROW_ORDER) + (none << 1);
  const orderEnd = pointer(net, ROW_ORDER) + (pointer(layer, INPUTS) << 1);
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    const dz = pointer(layer, DELTAS) + inTiles(column, pointer(layer, DELTA_TILE));
    const dW = gradientOf(net, target) + pointer(layer, WEIGHTS) + inTiles(column, pointer(layer, TILE_BYTES));
    for (let at = order; at < orderEnd; at += 2) {
      const r = <usize>load<u16>(at);
      sumTile(columns, masks + r * maskBytes, place, placeEnd, byRow + r * rowStep, scaled, dz, stride, dW + r * stride, <i32>load<u8>(flags + r));
    }
    column += columns;
  }
  for (let at = order; at < orderEnd; at += 2) store<u8>(flags + <usize>load<u16>(at), 1);
}

/** dW of a masked layer above the first, row by row. A row without active inputs is skipped. */
function valuesGradient(net: usize, layer: usize, n: usize): void {
  const below = layer - LAYER_BYTES;
  const a = activationsFrom(below, 0);
  const step = pointer(below, ACTIVATION_STEP);
  const inputs = pointer(layer, INPUTS);
  const row = pointer(layer, WEIGHTS);
  const stride = pointer(layer, STRIDE);
  for (let r: usize = 0; r < inputs; r++) {
    if (readValues(net, a + (r << 2), step, n) == 0) continue;
    for (let shard = firstShard; shard < endShard; shard++) {
      const place = placeOf(net, shard);
      const end = placeOf(net, shard + 1);
      if (!hasAny(net, place, end)) continue;
      const target = shardOfSums(shard);
      const flag = flagsOf(net, layer, target) + r;
      const at = gradientOf(net, target) + row + r * stride;
      sumRow(layer, pointer(net, MASKS), place, end, pointer(net, COUNTING), pointer(net, VALUES), at, pointer(layer, TILE_BYTES), <i32>load<u8>(flag));
      store<u8>(flag, 1);
    }
  }
}

/**
 * The shard whose gradient receives the rows of a shard. If this worker computes both shards of a pair, this is the
 * first one: the average adds the two first anyway, so the bits are the same, and the gradients take half the memory.
 */
// @ts-ignore: decorator
@inline
function shardOfSums(shard: usize): usize {
  return (shard & 1) == 1 && shard > firstShard ? shard - 1 : shard;
}

/** A shard's flags of a layer's rows: STORE until a row is written, then ADD. */
// @ts-ignore: decorator
@inline
function flagsOf(net: usize, layer: usize, shard: usize): usize {
  return touchedOf(net, shard) + pointer(layer, TOUCHED_ROWS);
}

/** dW of a layer above the first with at most twelve outputs. */
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

/** db of a layer: b is summed like a row of W whose input is always 1. */
function biasGradient(net: usize, layer: usize, n: usize): void {
  const isDense = pointer(layer, WIDTH) == TWELVE;
  if (!isDense) readValues(net, one(net), 0, n);
  for (let shard = firstShard; shard < endShard; shard++) {
    const db = gradientOf(net, shard) + pointer(layer, BIASES);
    if (isDense) keepDense(net, layer, shard, one(net) - 12, 0, db, 3 * TWELVE, TWELVE);
    else sumRow(layer, pointer(net, MASKS), placeOf(net, shard), placeOf(net, shard + 1), pointer(net, COUNTING), pointer(net, VALUES), db, TILE, isFirst ? STORE : ADD);
  }
}

/**
 * Sums four rows of twelve outputs over a shard's samples; stores or adds `bytes` of the sums, from `skip` on, at
 * `at`.
 */
function keepDense(net: usize, layer: usize, shard: usize, a: usize, step: usize, at: usize, skip: usize, bytes: usize): void {
  const sums = pointer(net, SCRATCH);
  const place = placeOf(net, shard);
  dense(a, step, placeOf(net, shard + 1) - place, pointer(layer, DELTAS) + place * TWELVE, sums);
  if (isFirst) memory.copy(at, sums + skip, bytes);
  else addInto(at, sums + skip, bytes);
}
