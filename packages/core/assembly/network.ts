// A network as the kernels see it: words in memory that the host writes (src/kernels/network.ts has the same
// places). Every worker has one of its own, as most of the buffers it points to are the worker's own.

/** Samples that go through each stage together: none waits for the stage before it, and W stays in the cache. */
export const BLOCK: i32 = 64;

export const DEPTH: usize = 0; // number of layers with weights
export const CLASSES: usize = 4;
export const LISTS: usize = 8; // the samples' lists of what is not 0 in them; see src/kernels/sample-lists.ts
export const GROUPS: usize = 12; // of segments, whose lists lie apart from each other; see sample-lists.ts
export const LABELS: usize = 16; // u8 per sample
export const SEGMENTS: usize = 20; // into how many segments the first layer's rows are cut
export const PATCH_BYTES: usize = 24; // of a patch of the first layer's W, where it goes by patches; or 0
export const ROW_BYTES: usize = 28; // from one row of BY_ROW to the next; whole masks
export const SCALED: usize = 32; // f32 per byte: byte / 255
export const INPUT_LANES: usize = 36; // the output layer's inputs, eight samples side by side
export const OUTPUT_LANES: usize = 40; // its outputs likewise
export const LOSSES: usize = 44; // f32 per sample of the block
export const PREDICTIONS: usize = 48; // u32 per sample of the block
export const BY_ROW: usize = 52; // a chunk's pixels by row, u8 per sample; 0 but for a while. See spreadByRow in pixels.ts
export const MASKS: usize = 56; // a bit for each sample of the chunk: whether it has an entry in the row
export const ZEROS: usize = 60; // as many zeros as the widest layer has
export const PARTIALS: usize = 64; // of the chunk, shared: each segment's part of the first z, `width` bytes per sample
export const PARTIAL_STEP: usize = 68; // bytes from one segment's to the next's
export const OWN_PARTIALS: usize = 72; // the same for a block that nobody shares
export const OWN_PARTIAL_STEP: usize = 76;
export const FIRST_ROWS: usize = 80; // u32 per segment and one more: its first row
export const PIECES: usize = 84; // u32 per segment and one more, and sample of the chunk: where what is in the list for it begins
export const PIECE_STEP: usize = 88; // bytes from one segment's pieces to the next's
export const PAIRED: usize = 92; // 1 where two segments share a piece of a list, else 0
export const TOUCHED: usize = 96; // where `touch` leaves what it read, so that it is not optimised away
export const SCRATCH: usize = 100; // a tile's row, or narrow ones
export const SECONDS: usize = 104; // u32 per pair of segments; see forwardToOutput in index.ts
export const COUNTING: usize = 108; // u8: 0, 1, 2 and so on, for each sample of the chunk
export const WHOLE: usize = 112; // 1 where the first layer is shared out by samples: its sums are not cut into segments
export const GROUPS_END: usize = 116;
export const OWN_GROUP: usize = 120; // the one that this worker's segments are in
export const TABLE: usize = 124; // f32 per sample of the chunk: what an input of a layer above the first is for it, or 1 for b
export const TRUTHS: usize = 128; // f32 per sample of the block: the logarithm of what the true class adds to the softmax's sum
export const PATCH_SUMS: usize = 132; // a vector for each of ten outputs, and two that stay 0
export const LAYERS: usize = 192;
export const LAYER_BYTES: usize = 68;

export const INPUTS: usize = 0;
export const OUTPUTS: usize = 4;
export const WIDTH: usize = 8; // bytes of the outputs, padded with zeros
export const STRIDE: usize = 12; // bytes from one row of a tile of W to the next
export const TILE_BYTES: usize = 16; // bytes from one tile of W to the next
export const WEIGHTS: usize = 20; // where W begins in the parameters, in bytes
export const BIASES: usize = 24;
export const Z: usize = 28; // z, then a: `width` bytes per sample of the block
export const ACTIVATIONS: usize = 32; // a of the chunk, shared: ACTIVATION_STEP bytes per sample
export const ACTIVATION_STEP: usize = 36;
export const DELTAS: usize = 40; // dz of the chunk, shared: in tiles as W, `stride` bytes per sample
export const DELTA_TILE: usize = 44; // bytes from one tile of dz to the next
export const ENTRIES: usize = 48; // entries of a hidden layer's inputs, for every sample of the block
export const ENTRY_STEP: usize = 52; // bytes from one sample's to the next's
export const COUNTS: usize = 56; // u32 per sample of the block: how many entries
export const SLOTS: usize = 60; // shared: each shard's gradient of W and b, where that is little; or 0
export const SLOT_BYTES: usize = 64; // from one shard's to the next's

export const GROUP_BYTES: usize = 16;

export const STARTS: usize = 0; // u32 per piece of a sample's list: where it begins, in u16
export const FIRST: usize = 4; // the group's segments
export const END: usize = 8;
export const PER_LIST: usize = 12; // pieces of a list

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
