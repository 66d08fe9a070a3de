// A worker's description of the run: words in memory that the host writes, at the offsets of fields.ts. Each worker
// has its own description, because most of the buffers in it belong to that worker.
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

/** The number of the sample at place k of the order. */
// @ts-ignore: decorator
@inline
export function sampleAt(order: usize, k: usize): usize {
  return <usize>load<u32>(order + (k << 2));
}

/**
 * Where the range of worker `worker` begins when `workers` workers divide `count` rows or lines; for `workers`
 * itself, the end.
 */
// @ts-ignore: decorator
@inline
export function shareOf(count: usize, worker: usize, workers: usize): usize {
  return (count * worker) / workers;
}

/** The same for the bytes [begin … end), divided into whole cache lines. */
// @ts-ignore: decorator
@inline
export function lineBound(begin: usize, end: usize, worker: usize, workers: usize): usize {
  return begin + (shareOf((end - begin + 63) >> 6, worker, workers) << 6);
}
