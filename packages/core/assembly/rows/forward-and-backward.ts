// The strategy `rows`, for the smallest networks. The rows of the first layer are dealt out to the segments in turn,
// and each worker owns some segments. Only this worker reads and changes their rows, so W1 never leaves its core's
// cache; only sums over a segment, activations and dz move between cores. (Two workers that share a pair of patches
// also read each other's rows.)
//
// 1. rowsForwardFirst: for all samples of the chunk, each worker computes what its rows add to z. All workers meet.
// 2. rowsForward and rowsBackward: for the samples of its shards, each worker computes everything else down to dz.
//    All workers meet.
// 3. rowsAverageAndStep: for all samples of the chunk, each worker computes the gradient dz·xᵀ of its rows of every
//    layer, in the order of the samples, and steps these rows by the mean.
import {
  LAYER_BYTES, PARTIAL_STEP, PARTIALS, SECOND_OF_PAIR, SHARDS, SHARD_GRADIENTS, WIDTH,
} from '../fields';
import { backwardLayers, forwardChunk } from '../layers/passes';
import { fetch } from '../lists';
import { firstLayer, lastLayer, pointer } from '../network';
import { addInto } from '../sgd';
import { shardGradient } from './gradient-and-step';

/** Number of pairs of segments. The sums of a pair are added before they move from core to core. */
// @ts-ignore: decorator
@inline
export function pairsOf(net: usize): usize {
  return (pointer(net, SHARDS) + 1) >> 1;
}

/**
 * Forward pass of n samples from order[from] on, at `place` of the chunk, after all workers have written their
 * partial sums of the first layer's z.
 *
 * If two workers share a pair, their two sums are added here.
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
