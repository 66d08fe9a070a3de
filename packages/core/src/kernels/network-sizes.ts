/** Sizes of a worker's description and of the buffers that are its own. */
import { layerFields, listRangeFields, networkFields } from './fields.ts';
import { type KernelLayout, LINE, type ParallelStrategy, shardGradientBytes } from './layout.ts';
import type { ListLayout } from './lists.ts';

/** Samples that go through each stage together; AT_ONCE of assembly/network.ts. */
export const AT_ONCE = 64;
/** Sums of ten outputs and of two that are none. */
const PATCH_SUMS_BYTES = 12 * 16;
const ACTIVE_INPUT_BYTES = 8;
/** A mask says of so many samples which have an input that is not 0. */
const MASK_SAMPLES = 64;
/** Active inputs are written before it is known whether they count: one more than there are. */
const ACTIVE_SLACK = 1;
/** Eight samples side by side, an f32 each. */
const LANES_BYTES = 32;
/** The bytes that are averaged at once; PORTION of assembly/data/average-and-step.ts. */
const PORTION_BYTES = 2048;

export function aligned(bytes: number): number {
  return LINE * Math.ceil(bytes / LINE);
}

/** Bytes from one sample's activations to the next's: an odd number of cache lines, so that they spread over the cache. */
export function activationStep(width: number): number {
  return LINE * (Math.ceil(width / LINE) | 1);
}

/** Bytes from one list's begins, of a chunk's samples or of 64, to the next list's. */
export function listBeginsStep(chunkSize: number): number {
  return 4 * Math.max(chunkSize, AT_ONCE);
}

/** Bytes from one sample's active inputs to the next's; the first layer and the last have none. */
export function activeStep({ layers }: KernelLayout, l: number): number {
  return l === 0 || l === layers.length - 1
    ? 0
    : aligned((layers[l]!.inputs + ACTIVE_SLACK) * ACTIVE_INPUT_BYTES);
}

/** Bytes from one row's samples of a chunk to the next row's. */
export function byRowStep(chunkSize: number): number {
  return MASK_SAMPLES * Math.ceil(chunkSize / MASK_SAMPLES);
}

/** Bytes of a worker's `byRow`. */
export function byRowBytes({ layers }: KernelLayout, chunkSize: number): number {
  const { masked, inputs } = layers[0]!;
  return masked ? inputs * byRowStep(chunkSize) : 0;
}

/** Bytes of the words of a description. */
function wordsBytes({ layers }: KernelLayout, { ranges }: ListLayout): number {
  return (
    4 * (networkFields.length + layerFields.length * layers.length + listRangeFields.length * ranges.length)
  );
}

/** Bytes of a worker's description and of each of its buffers, by the field that has its address. */
export interface BufferSizes {
  readonly ofNetwork: Readonly<
    Record<
      | 'words'
      | 'scaled'
      | 'inputLanes'
      | 'outputLanes'
      | 'sums'
      | 'predictions'
      | 'masks'
      | 'rowOrder'
      | 'rowCounts'
      | 'rowEnds'
      | 'partials'
      | 'firstRows'
      | 'listBegins'
      | 'scratch'
      | 'values'
      | 'counting'
      | 'truths'
      | 'patchSums'
      | 'secondOfPair'
      | 'shardPlaces',
      number
    >
  >;
  readonly ofLayers: readonly Readonly<Record<'z' | 'active' | 'activeCounts', number>>[];
}

/** What a worker's description and its buffers take, one behind the other: the bytes of everything, then those of each layer. */
export function bufferSizes(
  layout: KernelLayout,
  lists: ListLayout,
  parallel: ParallelStrategy,
  chunkSize: number,
): BufferSizes {
  const { layers, shards } = layout;
  const widest = Math.max(...layers.map(({ width }) => width));
  const width = layers[0]!.width;
  const last = layers.at(-1)!;
  const rows = parallel === 'data' && layers[0]!.masked ? layers[0]!.inputs : 1;
  const partialCount = parallel === 'data' ? 1 : shards;
  const ofNetwork = {
    words: wordsBytes(layout, lists),
    scaled: 256 * 4,
    inputLanes: LANES_BYTES * (widest / 4),
    outputLanes: LANES_BYTES * (last.width / 4),
    sums: AT_ONCE * 4,
    predictions: AT_ONCE * 4,
    masks: (byRowStep(chunkSize) / 8) * rows,
    rowOrder: 2 * rows,
    rowCounts: 2 * rows,
    rowEnds: 4 * (chunkSize + 1),
    partials: partialCount * AT_ONCE * width,
    firstRows: (shards + 1) * 4,
    // To the end of the last pair, also where it is but one segment.
    listBegins: (partialCount + 2) * listBeginsStep(chunkSize),
    scratch: Math.max(PORTION_BYTES, widest, shardGradientBytes(last)),
    values: chunkSize * 4,
    counting: chunkSize,
    truths: AT_ONCE * 4,
    patchSums: PATCH_SUMS_BYTES,
    secondOfPair: Math.ceil(shards / 2) * 4,
    shardPlaces: (shards + 1) * 4,
  };
  const ofLayers = layers.map((layer, l) => ({
    z: AT_ONCE * layer.width,
    active: Math.max(chunkSize, AT_ONCE) * activeStep(layout, l),
    activeCounts: Math.max(chunkSize, AT_ONCE) * 4,
  }));
  return { ofNetwork, ofLayers };
}

/** Bytes of all of it. */
export function networkBytes(...request: Parameters<typeof bufferSizes>): number {
  const { ofNetwork, ofLayers } = bufferSizes(...request);
  return [ofNetwork, ...ofLayers]
    .flatMap(Object.values<number>)
    .reduce((sum, bytes) => sum + aligned(bytes), 0);
}
