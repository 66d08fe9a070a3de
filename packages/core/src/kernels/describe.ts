/**
 * Writes each worker's description of a run, which the kernels read from memory, and places the buffers that belong
 * to the worker. fields.ts defines the order of the words.
 */
import { layerFields, listRangeFields, networkFields } from './fields.ts';
import { segmentBounds, segmentRows, shardGradientBytes } from './layout.ts';
import {
  AT_ONCE,
  activationStep,
  activeStep,
  aligned,
  bufferSizes,
  byRowStep,
  listBeginsStep,
} from './network-sizes.ts';
import type { MemoryPlan, SampleAddresses } from './plan.ts';

/** Returns a function that places buffers one after another, from the address `free` on. */
function createPlacer(free: number) {
  return <Sizes extends Record<string, number>>(bytes: Sizes): Sizes => {
    const addresses: Record<string, number> = {};
    for (const [name, size] of Object.entries(bytes)) {
      addresses[name] = free;
      free += aligned(size);
    }
    return addresses as Sizes;
  };
}

/** Writes one worker's description at its address in the plan; the worker's buffers follow it. */
export function writeNetwork(memory: WebAssembly.Memory, plan: MemoryPlan, worker: number): void {
  const { settings, layout, lists, chunkSize, trainers } = plan;
  const { layers, shards } = layout;
  const { buffer } = memory;
  const chunk = plan.chunks[worker]!;
  const network = plan.networks[worker]!;
  const isData = settings.parallel === 'data';
  const firstWidth = layers[0]!.width;
  const { ofNetwork, ofLayers } = bufferSizes(layout, lists, settings.parallel, chunkSize);
  const place = createPlacer(network);
  const { words: _, ...own } = place(ofNetwork);
  const firstLayer = network + 4 * networkFields.length;
  const listRanges = firstLayer + 4 * layerFields.length * layers.length;
  const bounds = segmentBounds(shards, trainers);
  // A worker that does not train owns no rows.
  const firstSegment = bounds[worker] ?? shards;
  const ownRange = lists.ranges.findIndex(({ end }) => end > firstSegment);
  writeFields(buffer, network, networkFields, {
    ...own,
    depth: layers.length,
    classes: layers.at(-1)!.outputs,
    parameters: plan.parameters,
    velocity: plan.velocity,
    learningRate: floatBits(settings.learningRate),
    momentum: floatBits(settings.momentum),
    order: plan.order,
    labels: 0,
    lists: 0,
    listRanges,
    listRangesEnd: listRanges + 4 * listRangeFields.length * lists.ranges.length,
    ownListRange: listRanges + 4 * listRangeFields.length * Math.max(0, ownRange),
    listBeginsStep: listBeginsStep(chunkSize),
    parallelRows: Number(!isData),
    worker,
    workers: trainers,
    firstSegment,
    endSegment: bounds[worker + 1] ?? shards,
    shards,
    patchBytes: layers[0]!.patchBytes,
    byRow: plan.byRow[worker]!,
    byRowStep: byRowStep(chunkSize),
    partials: chunk.partials,
    partialStep: chunkSize * firstWidth,
    ownPartials: own.partials,
    ownPartialStep: AT_ONCE * firstWidth,
    fetched: 0,
    losses: chunk.losses,
    hits: chunk.hits,
    gradient: plan.gradient,
    gradientStep: layout.bytes,
    touched: plan.touched,
    touchedStep: layout.touchedBytes,
  });
  for (const [l, layer] of layers.entries()) {
    const isLast = l === layers.length - 1;
    writeFields(buffer, firstLayer + 4 * layerFields.length * l, layerFields, {
      ...layer,
      ...place(ofLayers[l]!),
      masked: Number(layer.masked),
      activations: chunk.activations[l]!,
      activationStep: activationStep(layer.width),
      deltas: chunk.deltas[l]!,
      deltaTile: chunkSize * layer.stride,
      activeStep: activeStep(layout, l),
      shardGradients: isLast ? chunk.shardGradients : 0,
      shardGradientStep: shardGradientBytes(layer),
    });
  }
  for (const [k, { first, end, perSample }] of lists.ranges.entries()) {
    const at = listRanges + 4 * listRangeFields.length * k;
    writeFields(buffer, at, listRangeFields, { starts: 0, first, end, perSample });
  }
  writeTables(buffer, own, plan);
}

/** Writes the tables that stay the same throughout a run. */
function writeTables(
  buffer: ArrayBufferLike,
  own: Readonly<Record<'firstRows' | 'secondOfPair' | 'counting' | 'scaled', number>>,
  { layout, chunkSize, trainers }: MemoryPlan,
): void {
  const { layers, shards } = layout;
  const { patchBytes, width } = layers[0]!;
  new Uint32Array(buffer, own.firstRows, shards + 1).set(segmentRows(layout));
  const seconds = new Uint32Array(buffer, own.secondOfPair, Math.ceil(shards / 2));
  // If two workers share a pair, each writes its own sum, and rowsForward adds the two. In patches, a pair has one
  // sum.
  for (const end of segmentBounds(shards, trainers).slice(1, -1)) {
    if (end % 2 === 1 && patchBytes === 0) seconds[(end - 1) / 2] = chunkSize * width;
  }
  new Uint8Array(buffer, own.counting, chunkSize).set(Array.from({ length: chunkSize }, (_zero, k) => k));
  new Float32Array(buffer, own.scaled, 256).forEach((_zero, byte, scaled) => {
    scaled[byte] = byte / 255;
  });
}

/** Writes the fields' values, in the order of the fields. */
function writeFields<Field extends string>(
  buffer: ArrayBufferLike,
  at: number,
  fields: readonly Field[],
  values: Readonly<Record<Field, number>>,
): void {
  new Uint32Array(buffer, at, fields.length).set(fields.map((field) => values[field]));
}

function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** Selects the samples that a worker's next calls use. */
export function selectSamples(
  { buffer }: WebAssembly.Memory,
  network: number,
  { lists, starts, labels }: SampleAddresses,
): void {
  const words = new Uint32Array(buffer, network, networkFields.length);
  words[networkFields.indexOf('lists')] = lists;
  words[networkFields.indexOf('labels')] = labels;
  const firstRange = words[networkFields.indexOf('listRanges')]!;
  for (const [k, start] of starts.entries()) {
    new Uint32Array(buffer, firstRange + 4 * listRangeFields.length * k, 1)[0] = start;
  }
}
