// What the host calls. Nothing here allocates; all addresses and sizes are the host's.
import { collect, deltasBelow, forwardEntries, relu } from './hidden';
import { fetch, locate } from './lists';
import {
  BIASES, BLOCK, DEPTH, END, FIRST, GROUP_BYTES, GROUPS, GROUPS_END, INPUTS, LABELS, LAYER_BYTES, LAYERS, LOSSES, OWN_GROUP, OWN_PARTIAL_STEP, OWN_PARTIALS, PARTIAL_STEP, PARTIALS, PATCH_BYTES, pointer, PREDICTIONS, sampleAt, SECONDS, SEGMENTS, SLOTS, STRIDE, WEIGHTS, WHOLE, WIDTH, word,
} from './network';
import { finishLosses, GROUP, outputBackward, outputForward } from './output';
import { cutPair, forwardPatches } from './patches';
import { forwardPixels, sumPartials } from './pixels';
import { activationRows, addInto, beginRows, biasRow, fillSlot, patchRows, pixelRows, reduceRows, slotRows } from './rows';

export const constantsEnd: usize = __heap_base;

/**
 * Forward pass of a block of n samples, from what adds up to the first layer's z to the output layer's inputs.
 *
 * @param seconds u32 per pair of segments: from the first's partials to the second's, in bytes; 0 where they were added
 *   already. Or 0, where that holds for all
 */
function forwardToOutput(net: usize, parameters: usize, n: usize, place: i32, partials: usize, partialStep: usize, seconds: usize, pairs: usize): void {
  const depth = word(net, DEPTH);
  let layer = net + LAYERS;
  const pairStep = partialStep << 1;
  const bytes = n * pointer(layer, WIDTH);
  for (let pair: usize = 0; pair < pairs; pair++) {
    const first = partials + pair * pairStep;
    fetch(net, first, bytes);
    const toSecond = seconds == 0 ? 0 : <usize>load<u32>(seconds + (pair << 2));
    if (toSecond != 0) addInto(first, first + toSecond, bytes);
  }
  sumPartials(layer, parameters, n, partials, pairStep, pairs);
  for (let l = 1; l < depth; l++) {
    const below = layer;
    layer += LAYER_BYTES;
    relu(below, n, place);
    if (l == depth - 1) return;
    collect(below, layer, n);
    forwardEntries(layer, parameters, n);
  }
}

/**
 * The first layer of a chunk of n samples, for the rows of segments [first … last): what they add to their z. Where it is
 * shared out by samples, segments are all of them, and this is z but for b.
 */
export function partials(net: usize, parameters: usize, order: usize, n: i32, first: i32, last: i32): void {
  const target = pointer(net, PARTIALS);
  if (pointer(net, WHOLE) != 0) wholeLayer(net, parameters, order, <usize>n, target);
  else firstLayer(net, pointer(net, OWN_GROUP), parameters, order, <usize>n, <usize>first, <usize>last, target, pointer(net, PARTIAL_STEP));
  if (pointer(net, PATCH_BYTES) == 0) return;
  // The rows that are this worker's in the step.
  cutPair(net, <usize>n, <usize>first);
  cutPair(net, <usize>n, <usize>last);
}

/** By patches, all segments in one sum, for n samples: into `target`, `width` bytes per sample. */
function wholeLayer(net: usize, parameters: usize, order: usize, n: usize, target: usize): void {
  const layer = net + LAYERS;
  const segments = pointer(net, SEGMENTS);
  locate(net, pointer(net, OWN_GROUP), order, n, 0, segments);
  forwardPatches(net, layer, 0, n, 0, segments, parameters + pointer(layer, WEIGHTS), target);
}

/**
 * Into target + segment·partialStep, `width` bytes per sample. Segments 2i and 2i + 1 are a pair, whose sums are added
 * up at once by who has both, which leaves half as much to hand from core to core.
 *
 * Of a pair that goes by patches, whose sums are one, each of two who share it takes half of the samples.
 */
function firstLayer(net: usize, group: usize, parameters: usize, order: usize, n: usize, first: usize, last: usize, target: usize, partialStep: usize): void {
  const layer = net + LAYERS;
  const W = parameters + pointer(layer, WEIGHTS);
  locate(net, group, order, n, first, last);
  if (pointer(net, PATCH_BYTES) == 0) {
    forwardPixels(net, layer, n, first, last, W, target, partialStep);
    return;
  }
  const firstOfPairs = first & ~1;
  const lastOfPairs = min((last + 1) & ~1, pointer(net, SEGMENTS));
  for (let segment = firstOfPairs; segment < last; segment += 2) {
    const from = segment < first ? n >> 1 : 0;
    const to = segment + 2 > last && last < lastOfPairs ? n >> 1 : n;
    forwardPatches(net, layer, from, to, segment, min(segment + 2, lastOfPairs), W, target + segment * partialStep);
  }
}

/** Losses of a block of n samples, and predictions (u8); or instead of these whether they are right, where the order is given. */
function storeResults(net: usize, n: usize, losses: usize, marks: usize, order: usize): void {
  finishLosses(net, n);
  memory.copy(losses, pointer(net, LOSSES), n << 2);
  for (let k: usize = 0; k < n; k++) {
    const prediction = load<u32>(pointer(net, PREDICTIONS) + (k << 2));
    store<u8>(marks + k, <u8>(order == 0 ? prediction : u32(prediction == <u32>load<u8>(pointer(net, LABELS) + sampleAt(order, k)))));
  }
}

/**
 * One worker's part of a minibatch, when all partials are there: activations and dz of order[from … to) into the
 * chunk, whose first sample is order[chunk]; and into the chunk's places of `losses` (f32) and `hits` (u8) what
 * their names say. They are one shard, or several if no layer has slots.
 */
export function deltas(net: usize, parameters: usize, order: usize, chunk: i32, from: i32, to: i32, shard: i32, losses: usize, hits: usize): void {
  const depth = word(net, DEPTH);
  const first = net + LAYERS;
  const output = first + LAYER_BYTES * <usize>(depth - 1);
  const below = depth == 1 ? 0 : output - LAYER_BYTES;
  const pairs = pointer(net, WHOLE) != 0 ? 1 : (pointer(net, SEGMENTS) + 1) >> 1;
  for (let start = from; start < to; start += BLOCK) {
    const n = <usize>min(BLOCK, to - start);
    const block = order + (<usize>start << 2);
    const place = start - chunk;
    forwardToOutput(net, parameters, n, place, pointer(net, PARTIALS) + <usize>place * pointer(first, WIDTH), pointer(net, PARTIAL_STEP), pointer(net, SECONDS), pairs);
    for (let k: usize = 0; k < n; k += GROUP) {
      outputForward(net, output, below, parameters, block, k, min(GROUP, n - k));
      outputBackward(net, output, below, parameters, block, k, min(GROUP, n - k), <usize>place + k);
    }
    let layer = below;
    for (let l = depth - 2; l > 0; l--) {
      deltasBelow(layer, layer - LAYER_BYTES, parameters, n, <usize>place);
      layer -= LAYER_BYTES;
    }
    storeResults(net, n, losses + (<usize>place << 2), hits + <usize>place, block);
  }
  if (pointer(output, SLOTS) != 0) fillSlot(net, output, below, <usize>(from - chunk), <usize>(to - from), <usize>shard);
}

/**
 * One worker's part of the rows of every layer: the gradient of the chunk's n samples, and after the last chunk
 * of a batch of m, its mean and the SGD step. `gradient` is as large as the parameters and 0 between the steps. Rows of the
 * first layer are those of segments [first … end).
 */
export function step(
  net: usize,
  parameters: usize,
  velocity: usize,
  gradient: usize,
  n: i32,
  part: i32,
  parts: i32,
  first: i32,
  end: i32,
  whole: bool,
  last: bool,
  m: f32,
  learningRate: f32,
  momentum: f32,
): void {
  const depth = word(net, DEPTH);
  let layer = net + LAYERS + LAYER_BYTES * <usize>(depth - 1);
  beginRows(net, parameters, velocity, whole ? 0 : gradient, last, m, learningRate, momentum);
  for (let l = depth - 1; l > 0; l--) {
    const inputs = word(layer, INPUTS);
    const begin = <usize>((inputs * part) / parts);
    const stop = <usize>((inputs * (part + 1)) / parts);
    const ownsBiases = l % parts == part;
    if (pointer(layer, SLOTS) != 0) {
      slotRows(net, layer, begin, stop, parameters + pointer(layer, WEIGHTS) + begin * pointer(layer, STRIDE));
      if (ownsBiases) slotRows(net, layer, inputs, inputs + 1, parameters + pointer(layer, BIASES));
    } else {
      activationRows(net, layer, layer - LAYER_BYTES, parameters, <usize>n, begin, stop);
      if (ownsBiases) biasRow(net, layer, parameters, <usize>n);
    }
    layer -= LAYER_BYTES;
  }
  if (part == 0) biasRow(net, layer, parameters, <usize>n);
  if (pointer(net, PATCH_BYTES) == 0) pixelRows(net, layer, parameters, <usize>n, <usize>first, <usize>end);
  else patchRows(net, layer, parameters, gradient, <usize>n, <usize>first, <usize>end);
}

/**
 * Bytes [from … to) of the parameters, where each shard added up its gradient in a slot of its own: the slots' sum, in
 * their order, its mean over m, and the SGD step; the slots are 0 again.
 *
 * @param slots `count` of them, `slotBytes` from one to the next
 */
export function reduce(
  net: usize,
  parameters: usize,
  velocity: usize,
  slots: usize,
  slotBytes: usize,
  count: i32,
  from: usize,
  to: usize,
  m: f32,
  learningRate: f32,
  momentum: f32,
): void {
  beginRows(net, parameters, velocity, 0, true, m, learningRate, momentum);
  reduceRows(parameters + from, slots + from, slotBytes, <usize>count, to - from);
}

/** Loss (f32) and prediction (u8) of order[from … to). */
export function evaluate(net: usize, parameters: usize, order: usize, from: i32, to: i32, losses: usize, predictions: usize): void {
  const depth = word(net, DEPTH);
  const first = net + LAYERS;
  const output = first + LAYER_BYTES * <usize>(depth - 1);
  const below = depth == 1 ? 0 : output - LAYER_BYTES;
  const partials = pointer(net, OWN_PARTIALS);
  const partialStep = pointer(net, OWN_PARTIAL_STEP);
  const groups = pointer(net, GROUPS);
  const groupsEnd = pointer(net, GROUPS_END);
  const pairs = (pointer(net, SEGMENTS) + 1) >> 1;
  for (let start = from; start < to; start += BLOCK) {
    const n = <usize>min(BLOCK, to - start);
    const block = order + (<usize>start << 2);
    for (let group = groups; group < groupsEnd; group += GROUP_BYTES) {
      firstLayer(net, group, parameters, block, n, pointer(group, FIRST), pointer(group, END), partials, partialStep);
    }
    forwardToOutput(net, parameters, n, -1, partials, partialStep, 0, pairs);
    for (let k: usize = 0; k < n; k += GROUP) outputForward(net, output, below, parameters, block, k, min(GROUP, n - k));
    storeResults(net, n, losses + (<usize>start << 2), predictions + <usize>start, 0);
  }
}
