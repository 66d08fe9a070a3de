// The first layer's partial sums: Σ W·x over the rows of each segment.
import {
  END_SEGMENT, FIRST_ROWS, FIRST_SEGMENT, LIST_BEGINS_STEP, ORDER, OWN_LIST_RANGE, PARAMETERS, PARTIAL_STEP, PARTIALS, PATCH_BYTES, RANGE_FIRST, SHARDS, STRIDE, TILE_BYTES, WEIGHTS, WIDTH,
} from '../fields';
import { forwardPatches, LISTED_PATCH } from '../layers/patches';
import { columnsFrom, forwardPixels, inTiles } from '../layers/pixels';
import { beginsOf, locate } from '../lists';
import { firstLayer, pointer } from '../network';

/** The first row, or patch, of a segment. */
// @ts-ignore: decorator
@inline
export function firstRowOf(net: usize, segment: usize): usize {
  return <usize>load<u32>(pointer(net, FIRST_ROWS) + (segment << 2));
}

/**
 * Computes what this worker's rows add to z for the chunk's n samples from order[from] on, and writes it to the
 * partials.
 */
export function rowsForwardFirst(net: usize, from: usize, n: usize): void {
  const first = pointer(net, FIRST_SEGMENT);
  const end = pointer(net, END_SEGMENT);
  forwardSegments(net, pointer(net, OWN_LIST_RANGE), pointer(net, ORDER) + (from << 2), n, first, end, pointer(net, PARTIALS), pointer(net, PARTIAL_STEP));
  if (pointer(net, PATCH_BYTES) == 0) return;
  // The step needs the places in the lists where this worker's patches begin and end.
  cutPair(net, n, first);
  cutPair(net, n, end);
}

/**
 * Σ W·x over each pair of the segments [first … end), into partials + segment·partialStep, `width` bytes per sample.
 *
 * Segments 2i and 2i + 1 are a pair. A worker that owns both adds the second sum to the first; if two workers share
 * the pair, each writes its own. A pair of patches has one list and one sum: if two workers share the pair, each
 * computes the sum for half of the samples.
 */
export function forwardSegments(net: usize, range: usize, order: usize, n: usize, first: usize, end: usize, partials: usize, partialStep: usize): void {
  const layer = firstLayer(net);
  const W = pointer(net, PARAMETERS) + pointer(layer, WEIGHTS);
  const shards = pointer(net, SHARDS);
  const firstOfRange = pointer(range, RANGE_FIRST);
  if (pointer(net, PATCH_BYTES) == 0) {
    locate(net, range, order, n, first - firstOfRange, end - first, beginsOf(net, first), pointer(net, LIST_BEGINS_STEP), shards / (end - first));
    forwardRows(net, layer, n, first, end, W, partials, partialStep);
    return;
  }
  const firstOfPairs = first & ~1;
  const endOfPairs = min((end + 1) & ~1, shards);
  const pairs = ((end + 1) >> 1) - (first >> 1);
  locate(net, range, order, n, (first >> 1) - (firstOfRange >> 1), pairs, beginsOf(net, firstOfPairs), pointer(net, LIST_BEGINS_STEP) << 1, ((shards + 1) >> 1) / pairs);
  for (let segment = firstOfPairs; segment < end; segment += 2) {
    const from = segment < first ? n >> 1 : 0;
    const to = segment + 2 > end && end < endOfPairs ? n >> 1 : n;
    forwardPatches(net, layer, from, to, beginsOf(net, segment), beginsOf(net, segment + 2), W, partials + segment * partialStep);
  }
}

/** Where W is kept in rows: tile by tile, so that a tile stays in the cache while all samples use it. */
function forwardRows(net: usize, layer: usize, n: usize, first: usize, end: usize, W: usize, partials: usize, partialStep: usize): void {
  const width = pointer(layer, WIDTH);
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    for (let segment = first; segment < end; segment++) {
      const rows = W + inTiles(column, pointer(layer, TILE_BYTES)) + firstRowOf(net, segment) * pointer(layer, STRIDE);
      const onto = segment > first && (segment & 1) == 1;
      const target = partials + column + (onto ? segment - 1 : segment) * partialStep;
      forwardPixels(net, layer, columns, n, beginsOf(net, segment), beginsOf(net, segment + 1), rows, target, onto);
    }
    column += columns;
  }
}

/** If a segment is the second of a pair of patches, finds where its patches begin in the pair's lists. */
function cutPair(net: usize, n: usize, segment: usize): void {
  if ((segment & 1) == 0 || segment == pointer(net, SHARDS)) return;
  const row = <u32>firstRowOf(net, segment);
  const begins = beginsOf(net, segment - 1);
  const ends = beginsOf(net, segment + 1);
  const cuts = beginsOf(net, segment);
  for (let k: usize = 0; k < n; k++) {
    let patch = <usize>load<u32>(begins + (k << 2));
    const end = <usize>load<u32>(ends + (k << 2));
    while (patch < end && <u32>load<u16>(patch) < row) patch += LISTED_PATCH;
    store<u32>(cuts + (k << 2), <u32>patch);
  }
}

/**
 * Address of the ends of the lists before segment `end`. In patches, the last pair counts as whole, also if it has
 * one segment.
 */
// @ts-ignore: decorator
@inline
export function endsOf(net: usize, end: usize): usize {
  const byPatches = pointer(net, PATCH_BYTES) != 0;
  return beginsOf(net, byPatches && end == pointer(net, SHARDS) ? (end + 1) & ~1 : end);
}
