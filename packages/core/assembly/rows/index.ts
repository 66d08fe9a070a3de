// The strategy `rows`, for the smallest networks: the rows of the first layer are dealt out to segments like cards, and
// each worker owns some segments. It alone reads and changes their rows, so that W1 never leaves its core's cache; only
// sums over a segment, activations and dz do.
//
// 1. forwardRows: each worker, for all samples of the chunk, what its rows add to z. The workers meet.
// 2. forward and backward: each worker, for the samples of its shards, everything else up to dz. The workers meet.
// 3. averageAndStep: each worker, for all samples, the gradient of its rows of every layer: dz·xᵀ, kept as its two
//    factors until here, is multiplied out in the order of the samples, and the mean's step is taken.
import {
  LAYER_BYTES, PARTIAL_STEP, PARTIALS, SECOND_OF_PAIR, SHARDS, SHARD_GRADIENTS, WIDTH,
} from '../fields';
import { backwardLayers, forwardChunk } from '../layers/passes';
import { fetch } from '../lists';
import { firstLayer, lastLayer, pointer } from '../network';
import { addInto } from '../sgd';
import { shardGradient } from './rows-gradient';

/** Pairs of segments: what is added up before it is handed from core to core. */
// @ts-ignore: decorator
@inline
export function pairsOf(net: usize): usize {
  return (pointer(net, SHARDS) + 1) >> 1;
}

/**
 * Forward pass behind the first layer's sums, for n samples from order[from] on, at `place` of the chunk.
 *
 * What two workers computed of one pair is added here.
 */
export function rowsForward(net: usize, from: usize, n: usize, place: usize): void {
  const width = pointer(firstLayer(net), WIDTH);
  const pairStep = pointer(net, PARTIAL_STEP) << 1;
  const partials = pointer(net, PARTIALS) + place * width;
  const pairs = pairsOf(net);
  for (let pair: usize = 0; pair < pairs; pair++) {
    const first = partials + pair * pairStep;
    fetch(net, first, n * width);
    const toSecond = <usize>load<u32>(pointer(net, SECOND_OF_PAIR) + (pair << 2));
    if (toSecond != 0) addInto(first, first + toSecond, n * width);
  }
  forwardChunk(net, from, n, place, partials, pairStep, pairs);
}

/** Backward pass of the same samples: dz of every layer, and the shard's gradient of a small last layer. */
export function rowsBackward(net: usize, from: usize, n: usize, place: usize, shard: usize): void {
  backwardLayers(net, from, n, place);
  const last = lastLayer(net);
  if (pointer(last, SHARD_GRADIENTS) != 0) shardGradient(net, last, last - LAYER_BYTES, place, n, shard);
}
