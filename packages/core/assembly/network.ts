// A run as the kernels see it: words in memory that the host writes, at the offsets of fields.ts. Every worker has a
// description of its own, as most of the buffers in it are the worker's own.
import {
  DEPTH, LAYER_BYTES, NETWORK_BYTES,
} from './fields';

/** Samples that go through each stage of the forward and the backward pass together, so that W stays in the cache. */
export const AT_ONCE: usize = 64;

// @ts-ignore: decorator
@inline
export function word(at: usize, field: usize): i32 {
  return load<i32>(at + field);
}

// @ts-ignore: decorator
@inline
export function pointer(at: usize, field: usize): usize {
  return <usize>load<u32>(at + field);
}

// @ts-ignore: decorator
@inline
export function float(at: usize, field: usize): f32 {
  return load<f32>(at + field);
}

// @ts-ignore: decorator
@inline
export function firstLayer(net: usize): usize {
  return net + NETWORK_BYTES;
}

// @ts-ignore: decorator
@inline
export function lastLayer(net: usize): usize {
  return firstLayer(net) + LAYER_BYTES * (pointer(net, DEPTH) - 1);
}

/** The sample at a place of the order. */
// @ts-ignore: decorator
@inline
export function sampleAt(order: usize, k: usize): usize {
  return <usize>load<u32>(order + (k << 2));
}

/** Where worker `worker` of `workers` begins in `count` things that they share out; for `workers` itself, the end. */
// @ts-ignore: decorator
@inline
export function shareOf(count: usize, worker: usize, workers: usize): usize {
  return (count * worker) / workers;
}

/** The same for the bytes [begin … end), in whole cache lines. */
// @ts-ignore: decorator
@inline
export function lineBound(begin: usize, end: usize, worker: usize, workers: usize): usize {
  return begin + (shareOf((end - begin + 63) >> 6, worker, workers) << 6);
}
