// The gradients of the shards, one after another, each laid out like the parameters.
import { GRADIENT, GRADIENT_STEP } from '../fields';
import { pointer } from '../network';

/** Address of a shard's gradient. */
// @ts-ignore: decorator
@inline
export function gradientOf(net: usize, shard: usize): usize {
  return pointer(net, GRADIENT) + shard * pointer(net, GRADIENT_STEP);
}
