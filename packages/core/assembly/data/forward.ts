// Forward pass of a shard's samples: this worker reads all of W1.
import {
  LIST_BEGINS_STEP, ORDER, OWN_LIST_RANGE, PARAMETERS, PARTIALS, PATCH_BYTES, TILE_BYTES, WEIGHTS, WIDTH,
} from '../fields';
import { forwardChunk } from '../layers/passes';
import { forwardPatches } from '../layers/patches';
import { columnsFrom, forwardPixels, inTiles } from '../layers/pixels';
import { beginsOf, locate } from '../lists';
import { firstLayer, pointer } from '../network';

/** z, a, probabilities, losses and hits of a chunk of n samples from order[from] on, all of one shard. */
export function dataForward(net: usize, from: usize, n: usize): void {
  const partials = pointer(net, PARTIALS);
  forwardFirstLayer(net, pointer(net, ORDER) + (from << 2), n, partials);
  forwardChunk(net, from, n, 0, partials, 1, 1);
}

/** Σ W·x over each sample's one list: into `target`, `width` bytes per sample. */
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
