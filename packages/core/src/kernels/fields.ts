/**
 * What the kernels read about a run: words of 32 bits in memory, one description per worker. Only this table defines
 * their order. scripts/build-kernels.ts generates the offsets in assembly/fields.ts from it, and describe.ts writes
 * the values by name. A field is an address in bytes unless its comment says otherwise.
 */

/** The fields of the network, in one worker's description. */
export const networkFields = [
  'depth', // number of layers with weights
  'classes', // number of outputs of the last layer
  'parameters', // all parameters, float32, in the layout of layout.ts
  'velocity', // the velocity, in the same layout; unused without momentum
  'learningRate', // α, float32
  'momentum', // μ, float32
  'order', // u32 per sample of the epoch
  'labels', // u16 per sample of the set
  'lists', // the samples' lists of non-zero inputs; see lists.ts
  'listRanges', // the first of the list ranges
  'listRangesEnd', // the end of the last list range
  'ownListRange', // the list range with this worker's rows
  'listBegins', // u32 per list and sample of the chunk: the address where the list begins
  'listBeginsStep', // bytes from one list's begins to the next list's
  'parallelRows', // 1 for the strategy rows, 0 for data
  'worker', // this worker's number, from 0
  'workers', // number of workers that train
  'firstSegment', // rows: this worker's first segment
  'endSegment', // rows: the segment after this worker's last one
  'shards', // number of shards of a minibatch, and of segments of the first layer's rows
  'firstRows', // u32 per segment: its first row; one more for the end
  'patchBytes', // bytes of a patch of the first layer's W; 0 where W is kept in rows
  'patchSums', // a buffer for the sums of ten outputs, a vector each, and two vectors that stay 0
  'scaled', // f32 per byte: byte / 255
  'counting', // u8 per sample of the chunk: its place, 0, 1, 2, …
  'values', // f32 per sample of the chunk: one input of an upper layer
  'byRow', // u8 per row and sample of the chunk: the first layer's inputs; 0 between calls. See spreadByRow in layers/pixels.ts
  'byRowStep', // bytes from one row's samples to the next row's, a multiple of 64
  'masks', // a bit per sample of the chunk: whether its input is not 0; data: for every row, rows: for one row at a time
  'rowOrder', // data: u16 per row: the rows, sorted by their number of samples with a non-zero input
  'rowCounts', // data: u16 per row: its number of samples with a non-zero input
  'rowEnds', // data: u32 per number of samples: where the next row with this number goes in rowOrder
  'partials', // the chunk's partial sums of the first layer's z, `width` bytes per sample; rows: for each segment
  'partialStep', // bytes from one segment's partials to the next segment's
  'ownPartials', // the partial sums of 64 samples that this worker evaluates
  'ownPartialStep',
  'secondOfPair', // rows: u32 per pair: bytes from its first partial sum to its second; 0 if there is one sum
  'inputLanes', // the last layer's inputs, eight samples side by side
  'outputLanes', // the last layer's outputs, eight samples side by side
  'sums', // f32 for each of 64 samples: the softmax's sum, then the loss
  'truths', // f32 for each of 64 samples: the logit of the true class, minus the largest logit
  'predictions', // u32 for each of 64 samples
  'scratch', // a buffer for sums that are complete but not yet stepped
  'fetched', // u32, not an address: `fetch` writes here, so that the compiler keeps its reads
  'losses', // f32 per sample of the chunk
  'hits', // u16 per sample of the chunk: 1 if the prediction is correct
  'gradient', // data: the shards' gradients, one after another; rows: sums over a minibatch's chunks
  'gradientStep', // bytes from one shard's gradient to the next shard's
  'shardPlaces', // data: u32 per shard of the chunk: the place where its samples begin; one more for the end
  'touched', // data: u8 per shard and row: whether the shard's gradient has values in that row
  'touchedStep', // bytes from one shard's flags to the next shard's
] as const;

/** The fields of each layer, from first to last; they follow those of the network. */
export const layerFields = [
  'inputs', // number of inputs
  'outputs', // number of outputs
  'width', // bytes of the outputs, padded with zeros
  'stride', // bytes from one row of a tile of W to the next
  'tileBytes', // bytes from one tile of W to the next
  'weights', // offset of W in the parameters, in bytes
  'biases', // offset of b in the parameters, in bytes
  'touchedRows', // data: offset of the layer's flags in a shard's `touched`, in bytes
  'masked', // 1 if the rows of W are summed over masks of samples; data has a flag for each of these rows
  'z', // of 64 samples: z, then a; `width` bytes per sample
  'activations', // a of the chunk's samples
  'activationStep', // bytes from one sample's activations to the next's
  'deltas', // dz of the chunk's samples, in tiles like W, `stride` bytes per sample; for the last layer, first the probabilities
  'deltaTile', // bytes from one tile of dz to the next
  'active', // the active inputs of the chunk's samples, those that are not 0 after ReLU
  'activeStep', // bytes from one sample's active inputs to the next's
  'activeCounts', // u32 per sample of the chunk: its number of active inputs
  'shardGradients', // rows: the shards' gradients of a small last layer; 0 for other layers
  'shardGradientStep', // bytes from one shard's gradient to the next shard's
] as const;

/** The fields of each range of lists; they follow those of the layers. */
export const listRangeFields = [
  'starts', // u32 per list: where it begins, counted from `lists` in words of 16 bits
  'first', // the range's first segment
  'end', // the segment after the range's last one
  'perSample', // number of lists per sample
] as const;
