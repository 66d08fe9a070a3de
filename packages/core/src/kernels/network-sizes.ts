/** Sizes of a worker's description, and of the buffers that belong to the worker. */
import { layerFields, listRangeFields, networkFields } from './fields.ts';
import { type KernelLayout, LINE, type ParallelStrategy, shardGradientBytes } from './layout.ts';
import type { ListLayout } from './lists.ts';

/** Samples that go through each stage of the network together; AT_ONCE of assembly/network.ts. */
export const AT_ONCE = 64;
/** A vector for each of ten outputs, and two vectors that stay 0. */
const PATCH_SUMS_BYTES = 12 * 16;
const ACTIVE_INPUT_BYTES = 8;
/** Number of samples in a mask; MASK_SAMPLES of assembly/layers/pixels.ts. */
const MASK_SAMPLES = 64;
/** An input is written before its value is checked, so a list of active inputs needs room for one more. */
const ACTIVE_SLACK = 1;
/** Eight samples side by side, one f32 each. */
const LANES_BYTES = 32;
/** Bytes that are averaged together; PORTION of assembly/data/average-and-step.ts. */
const PORTION_BYTES = 2048;

export function aligned(bytes: number): number {
  return LINE * Math.ceil(bytes / LINE);
}

/** Bytes from one sample's activations to the next's: an odd number of cache lines, so that they spread over the cache. */
export function activationStep(width: number): number {
  return LINE * (Math.ceil(width / LINE) | 1);
}

/** Bytes from one list's begins to the next list's, for the samples of a chunk or the 64 of an evaluation. */
export function listBeginsStep(chunkSize: number): number {
  return 4 * Math.max(chunkSize, AT_ONCE);
}

/**
 * Bytes from one sample's active inputs to the next's; 0 for the first and the last layer, which have no such lists.
 */
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

/**
 * The sizes of a worker's description and buffers, in the order of their addresses: those of the network, then those
 * of each layer.
 */
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
    // The last pair counts as whole, also if it has one segment.
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

/** Bytes of a worker's description and all of its buffers. */
export function networkBytes(...request: Parameters<typeof bufferSizes>): number {
  const { ofNetwork, ofLayers } = bufferSizes(...request);
  return [ofNetwork, ...ofLayers]
    .flatMap(Object.values<number>)
    .reduce((sum, bytes) => sum + aligned(bytes), 0);
}
