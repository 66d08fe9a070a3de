// A network as the kernels see it: words in memory that the host writes (src/kernels/network.ts has the same
// places). Every worker has one of its own, as the buffers it points to are the worker's own.

/** Samples that go through each stage together: none waits for the stage before it, and W stays in the cache. */
export const BLOCK: i32 = 16;

export const DEPTH: usize = 0; // number of layers with weights
export const CLASSES: usize = 4;
export const LISTS: usize = 8; // the samples' lists: positions (u16) and bytes (u8) of their pixels that are not 0
export const STARTS: usize = 12; // u32 per sample and one more: where its list begins, in entries
export const LABELS: usize = 16; // u8 per sample
export const LOSSES: usize = 20; // f32 per sample of the block
export const PREDICTIONS: usize = 24; // u32 per sample of the block
export const TOUCHED: usize = 28; // where `touch` leaves what it read, so that it is not optimised away
export const LAYERS: usize = 32;
export const LAYER_BYTES: usize = 48;

export const STRIDE: usize = 0; // bytes from one row of a tile of W to the next
export const WIDTH: usize = 4; // bytes of the outputs, padded to four lanes
export const WEIGHTS: usize = 8; // where W begins in the parameters, in bytes
export const BIASES: usize = 12;
export const OUTPUTS: usize = 16;
export const ENTRIES: usize = 20; // entries of the layer's inputs, for every sample of the block
export const ENTRY_STEP: usize = 24; // bytes from one sample's to the next's
export const COUNTS: usize = 28; // u32 per sample of the block: how many entries
export const ACTIVATIONS: usize = 32; // z, then a: `width` bytes per sample of the block
export const DELTAS: usize = 36; // dz, likewise
export const TILE_BYTES: usize = 40; // bytes from one tile of W to the next
export const INDICES: usize = 44; // u32 per entry: four times the input's number, ENTRY_STEP / 2 bytes per sample

// @ts-ignore: decorator
@inline
export function word(at: usize, place: usize): i32 {
  return load<i32>(at + place);
}

// @ts-ignore: decorator
@inline
export function pointer(at: usize, place: usize): usize {
  return <usize>load<u32>(at + place);
}

/** The sample at a place of the order. */
// @ts-ignore: decorator
@inline
export function sampleAt(order: usize, k: usize): usize {
  return <usize>load<u32>(order + (k << 2));
}
