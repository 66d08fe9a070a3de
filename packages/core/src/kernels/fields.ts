/**
 * What the kernels read of a run: words of 32 bits in memory, one description per worker. This table is the one
 * place that knows their order. scripts/build-kernels.ts generates the offsets in assembly/fields.ts from it, and
 * describe.ts writes the values by name. A field is an address in bytes unless its comment says otherwise.
 */

/** Of a network, as one worker sees it. */
export const networkFields = [
  'depth', // number of layers with weights
  'classes', // number of outputs of the last layer
  'parameters', // of the whole network, float32, as layout.ts lays them out
  'velocity', // likewise; unused when there is no momentum
  'learningRate', // α, float32
  'momentum', // μ, float32
  'order', // u32 per sample of the epoch
  'labels', // u8 per sample of the set
  'lists', // the samples' lists of inputs that are not 0; see lists.ts
  'listRanges', // the first of the list ranges
  'listRangesEnd', // where the last list range ends
  'ownListRange', // the list range with this worker's rows
  'listBegins', // u32 per list and sample of the chunk: where the list begins
  'listBeginsStep', // bytes from one list's begins to the next list's
  'parallelRows', // 1 for the strategy rows, 0 for data
  'worker', // this worker's number, from 0
  'workers', // number of workers that train
  'firstSegment', // rows: number of this worker's first segment
  'endSegment', // rows: number of the segment after its last one
  'shards', // number of shards of a minibatch, and of segments of the first layer's rows
  'firstRows', // u32 per segment and one more: its first row
  'patchBytes', // bytes of a patch of the first layer's W; 0 where W is kept in rows
  'patchSums', // a vector for each of ten outputs, and two that stay 0
  'scaled', // f32 per byte: byte / 255
  'counting', // u8 per sample of the chunk: 0, 1, 2, …
  'values', // f32 per sample of the chunk: the value of one input of an upper layer
  'byRow', // u8 per sample of the chunk, row by row; 0 outside of a call. See spreadByRow in layers/pixels.ts
  'byRowStep', // bytes from one row's samples to the next row's; whole masks
  'masks', // of one row, with data of each row: a bit per sample of the chunk, whether it has an input that is not 0 there
  'rowOrder', // data: u16 per row: the rows, sorted by their number of samples
  'rowCounts', // data: u16 per row: its number of samples
  'rowEnds', // data: u32 per number of samples: where the next row with so many goes in rowOrder
  'partials', // of the chunk: what a pair of segments adds to the first z, `width` bytes per sample
  'partialStep', // bytes from one segment's partials to the next segment's
  'ownPartials', // the same for samples that this worker evaluates
  'ownPartialStep',
  'secondOfPair', // rows: u32 per pair: from its first partial to its second, in bytes; 0 where they are summed already
  'inputLanes', // the output layer's inputs, eight samples side by side
  'outputLanes', // its outputs likewise
  'sums', // f32 for each of 64 samples: the softmax's sum, then the loss
  'truths', // f32 for each of 64 samples: the logit of the true class, less the largest
  'predictions', // u32 for each of 64 samples
  'scratch', // sums on their way from registers to the step
  'fetched', // u32: what `fetch` reads, so that the compiler keeps the reads
  'losses', // f32 per sample of the chunk
  'hits', // u8 per sample of the chunk: 1 where the prediction is right
  'gradient', // data: the shards' gradients, one after another; rows: sums over a minibatch's chunks
  'gradientStep', // bytes from one shard's gradient to the next shard's
  'shardPlaces', // data: u32 per shard of the chunk and one more: where its samples begin in the chunk
  'touched', // data: u8 per shard and row: whether the shard's gradient has values in that row
  'touchedStep', // bytes from one shard's flags to the next shard's
] as const;

/** Of each layer, first to last, behind the network's. */
export const layerFields = [
  'inputs', // number of them
  'outputs', // number of them
  'width', // bytes of the outputs, padded with zeros
  'stride', // bytes from one row of a tile of W to the next
  'tileBytes', // bytes from one tile of W to the next
  'weights', // where W begins in the parameters, in bytes
  'biases', // where b begins in the parameters, in bytes
  'touchedRows', // data: where the layer's flags begin among the touched; see there
  'masked', // 1 where the rows of W take masks of samples, and data keeps flags of them
  'z', // of 64 samples: z, then a; `width` bytes per sample
  'activations', // a of the chunk
  'activationStep', // bytes from one sample's activations to the next's
  'deltas', // dz of the chunk, in tiles as W is, `stride` bytes per sample; of the last layer first the probabilities
  'deltaTile', // bytes from one tile of dz to the next
  'active', // of the chunk: the inputs that are not 0 after ReLU
  'activeStep', // bytes from one sample's active inputs to the next's
  'activeCounts', // u32 per sample of the chunk: how many inputs are active
  'shardGradients', // rows: the shards' gradients of a small last layer; 0 where there are none
  'shardGradientStep', // bytes from one shard's to the next's
] as const;

/** Of each range of lists, behind the layers. */
export const listRangeFields = [
  'starts', // u32 per list: where it begins, in words of 16 bits
  'first', // number of the range's first segment
  'end', // number of the segment after its last one
  'perSample', // number of lists of a sample
] as const;
