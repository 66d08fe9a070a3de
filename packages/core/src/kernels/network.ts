import { type KernelLayout, LINE, MOST_SLOT_BYTES, segmentBounds, segmentRows } from './layout.ts';
import type { MemoryPlan } from './memory-plan.ts';

/**
 * The description of a network that the kernels read from memory, with the buffers that one worker needs. The
 * places are those of assembly/network.ts.
 */

/** Samples that go through each stage together; BLOCK of assembly/network.ts. */
const BLOCK = 64;
const HEADER_BYTES = 192;
const LAYER_BYTES = 68;
const GROUP_BYTES = 16;
// Words of the header; LISTS, GROUPS and LABELS of assembly/network.ts.
const LISTS = 2;
const GROUPS = 3;
const LABELS = 4;
/** The largest slot; more than four rows of twelve outputs, or a tile's row. */
const SCRATCH_BYTES = MOST_SLOT_BYTES;
/** Of ten outputs and two that are none. */
const PATCH_SUMS_BYTES = 12 * 16;
const ENTRY_BYTES = 8;
/** A mask says of so many samples which have an entry. */
const MASK_SAMPLES = 64;
/** Entries are written before it is known whether they count: one more than there are inputs. */
const ENTRY_SLACK = 1;
/** Eight samples side by side, an f32 each. */
const LANES_BYTES = 32;

function aligned(bytes: number): number {
  return LINE * Math.ceil(bytes / LINE);
}

/** Bytes from one sample's activations to the next's: an odd number of cache lines, so that they spread over the cache. */
export function activationStep(width: number): number {
  return LINE * (Math.ceil(width / LINE) | 1);
}

/** Bytes from where one segment's pieces of a pass are listed to the next's. */
function pieceStep(passSize: number): number {
  return 4 * Math.max(passSize, BLOCK);
}

/** Bytes from one sample's entries of a layer's inputs to the next's; the first layer and the output layer have none. */
function entryStepOf({ layers }: KernelLayout, l: number): number {
  return l === 0 || l === layers.length - 1 ? 0 : aligned((layers[l]!.inputs + ENTRY_SLACK) * ENTRY_BYTES);
}

/** Bytes from one row's bytes of a pass to the next's. */
function rowBytesOf(passSize: number): number {
  return MASK_SAMPLES * Math.ceil(passSize / MASK_SAMPLES);
}

/** Bytes of BY_ROW of assembly/network.ts. */
export function byRowBytes({ layers }: KernelLayout, passSize: number): number {
  const { patchBytes, inputs } = layers[0]!;
  return patchBytes > 0 ? 0 : inputs * rowBytesOf(passSize);
}

/** What {@link writeNetwork} lays down, one behind the other: the bytes of everything, then those of each layer. */
function sizes(layout: KernelLayout, groups: number, passSize: number) {
  const { layers, segments } = layout;
  const widest = Math.max(...layers.map(({ width }) => width));
  const first = layers[0]!;
  const rowBytes = rowBytesOf(passSize);
  const header = {
    description: HEADER_BYTES + LAYER_BYTES * layers.length + GROUP_BYTES * groups,
    scaled: 256 * 4,
    inputLanes: LANES_BYTES * (widest / 4),
    outputLanes: LANES_BYTES * (layers.at(-1)!.width / 4),
    losses: BLOCK * 4,
    predictions: BLOCK * 4,
    masks: rowBytes / 8,
    zeros: widest,
    partials: segments * BLOCK * first.width,
    firstRows: (segments + 1) * 4,
    // To the end of the last pair, also where it is but one segment.
    pieces: (segments + 2) * pieceStep(passSize),
    scratch: SCRATCH_BYTES,
    table: passSize * 4,
    counting: passSize,
    truths: BLOCK * 4,
    patchSums: PATCH_SUMS_BYTES,
    seconds: Math.ceil(segments / 2) * 4,
  };
  const ofLayers = layers.map(({ width }, l) => ({
    z: BLOCK * width,
    entries: BLOCK * entryStepOf(layout, l),
    counts: BLOCK * 4,
  }));
  return { header, ofLayers };
}

/** Bytes that {@link writeNetwork} takes. */
export function networkBytes(layout: KernelLayout, groups: number, passSize: number): number {
  const { header, ofLayers } = sizes(layout, groups, passSize);
  return [header, ...ofLayers].flatMap(Object.values<number>).reduce((sum, bytes) => sum + aligned(bytes), 0);
}

/** Writes one worker's description into its place in the plan, its buffers behind it. */
export function writeNetwork(memory: WebAssembly.Memory, plan: MemoryPlan, worker: number): void {
  const { layout, groups, passSize } = plan;
  const pass = plan.passes[worker]!;
  const words = new Uint32Array(memory.buffer);
  const { layers, segments } = layout;
  const byPatches = layers[0]!.patchBytes > 0;
  const firstWidth = layers[0]!.width;
  const { header, ofLayers } = sizes(layout, groups.length, passSize);
  let free = plan.networks[worker]!;
  const place = <Sizes extends Record<string, number>>(bytes: Sizes): Sizes => {
    const addresses: Record<string, number> = {};
    for (const [name, size] of Object.entries(bytes)) {
      addresses[name] = free;
      free += aligned(size);
    }
    return addresses as Sizes;
  };
  const at = place(header);
  const firstGroup = at.description + HEADER_BYTES + LAYER_BYTES * layers.length;
  const bounds = segmentBounds(segments, plan.parts);
  // Of a worker that has none, what is no matter.
  const firstSegment = bounds[worker] ?? 0;
  words.set(
    [
      layers.length,
      layers.at(-1)!.outputs,
      0, // lists
      firstGroup,
      0, // labels
      segments,
      layers[0]!.patchBytes,
      rowBytesOf(passSize),
      at.scaled,
      at.inputLanes,
      at.outputLanes,
      at.losses,
      at.predictions,
      plan.byRow,
      at.masks,
      at.zeros,
      pass.partials,
      passSize * firstWidth,
      at.partials,
      BLOCK * firstWidth,
      at.firstRows,
      at.pieces,
      pieceStep(passSize),
      Number(byPatches),
      0, // touched
      at.scratch,
      at.seconds,
      at.counting,
      Number(plan.bySamples),
      firstGroup + GROUP_BYTES * groups.length,
      firstGroup + GROUP_BYTES * groups.findIndex(({ end }) => end > firstSegment),
      at.table,
      at.truths,
      at.patchSums,
    ],
    at.description / 4,
  );
  words.set(segmentRows(layout), at.firstRows / 4);
  // Where one part ends between the two of a pair, their sums are still to be added, unless they are one.
  for (const end of bounds.slice(1, -1)) {
    if (end % 2 === 1 && !byPatches) words[at.seconds / 4 + (end - 1) / 2] = passSize * firstWidth;
  }
  for (const [k, { first, end, pieces }] of groups.entries()) {
    words.set([0, first, end, pieces], (firstGroup + GROUP_BYTES * k) / 4);
  }
  new Uint8Array(memory.buffer, at.counting, passSize).forEach((_, k, counting) => {
    counting[k] = k;
  });
  new Float32Array(memory.buffer, at.scaled, 256).forEach((_, byte, scaled) => {
    scaled[byte] = byte / 255;
  });
  for (const [
    l,
    { inputs, outputs, width, stride, tileBytes, weights, biases, slotBytes },
  ] of layers.entries()) {
    const { z, entries, counts } = place(ofLayers[l]!);
    words.set(
      [
        inputs,
        outputs,
        width,
        stride,
        tileBytes,
        weights,
        biases,
        z,
        pass.activations[l]!,
        activationStep(width),
        pass.deltas[l]!,
        passSize * stride,
        entries,
        entryStepOf(layout, l),
        counts,
        pass.slots[l]!,
        slotBytes,
      ],
      (at.description + HEADER_BYTES + LAYER_BYTES * l) / 4,
    );
  }
}

/** Where the lists of a set of samples lie; see sample-lists.ts. */
export interface SampleAddresses {
  readonly lists: number;
  /** Of each group. */
  readonly starts: readonly number[];
  readonly labels: number;
}

/** Points a network at the samples it is to work on. */
export function selectSamples(
  memory: WebAssembly.Memory,
  network: number,
  { lists, starts, labels }: SampleAddresses,
): void {
  const words = new Uint32Array(memory.buffer);
  words[network / 4 + LISTS] = lists;
  words[network / 4 + LABELS] = labels;
  const firstGroup = words[network / 4 + GROUPS]!;
  for (const [k, start] of starts.entries()) words[(firstGroup + GROUP_BYTES * k) / 4] = start;
}
