import { type KernelLayout, LINE, MOST_SLOT_BYTES, segmentBounds, segmentRows } from './layout.ts';
import type { MemoryPlan } from './memory-plan.ts';
import { PIXEL_BYTES } from './sample-lists.ts';

/**
 * The description of a network that the kernels read from memory, with the buffers that one worker needs. The
 * places are those of assembly/network.ts.
 */

/** Samples that go through each stage together; BLOCK of assembly/network.ts. */
const BLOCK = 64;
const HEADER_BYTES = 192;
const LAYER_BYTES = 72;
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
/** Of a row: where its entries begin and end, u32 each. */
const BOUNDS_BYTES = 8;
/** Entries are written before it is known whether they count: one more than there are inputs. */
const ENTRY_SLACK = 1;
/** Eight samples side by side, an f32 each. */
const LANES_BYTES = 32;

function aligned(bytes: number): number {
  return LINE * Math.ceil(bytes / LINE);
}

/** So many bytes or more, and an odd number of cache lines, so that what is so far apart spreads over the cache. */
function oddLines(bytes: number): number {
  return LINE * (Math.ceil(bytes / LINE) | 1);
}

/** Bytes from one sample's activations to the next's. */
export function activationStep(width: number): number {
  return oddLines(width);
}

/** Bytes from where one segment's pieces of a pass are listed to the next's. */
function pieceStep(passSize: number): number {
  return 4 * (Math.max(passSize, BLOCK) + 1);
}

/** What {@link writeNetwork} lays down: sizes in bytes, in the order in which they lie. */
function sizes(layout: KernelLayout, groups: number, passSize: number) {
  const { layers, segments } = layout;
  const widest = Math.max(...layers.map(({ width }) => width));
  const [first] = layers;
  const rows = first!.inputs;
  const byPatches = first!.patchBytes > 0;
  // At most an entry for each row, and what is copied too much.
  const longest = Math.ceil(rows / segments) * PIXEL_BYTES;
  const region = byPatches ? 0 : aligned(Math.max(passSize, BLOCK) * longest + LINE);
  const bucket = oddLines((passSize + ENTRY_SLACK) * PIXEL_BYTES);
  const last = layers.at(-1)!;
  return {
    description: HEADER_BYTES + LAYER_BYTES * layers.length + GROUP_BYTES * groups,
    scaled: 256 * 4,
    inputLanes: LANES_BYTES * (widest / 4),
    outputLanes: LANES_BYTES * (last.width / 4),
    losses: BLOCK * 4,
    predictions: BLOCK * 4,
    // The rows of a layer above take it in turns.
    sorted: (byPatches ? 1 : rows) * bucket,
    bounds: byPatches ? 0 : rows * BOUNDS_BYTES,
    zeros: widest,
    partials: segments * BLOCK * first!.width,
    firstRows: (segments + 1) * 4,
    gathered: segments * region,
    // To the end of the last pair, also where it is but one segment.
    pieces: (segments + 2) * pieceStep(passSize),
    scratch: SCRATCH_BYTES,
    table: passSize * 4,
    truths: BLOCK * 4,
    patchSums: PATCH_SUMS_BYTES,
    seconds: Math.ceil(segments / 2) * 4,
    ownSeconds: Math.ceil(segments / 2) * 4,
    steps: { bucket, region },
    layers: layers.map(({ inputs, width }, l) => {
      const entryStep =
        l === 0 || l === layers.length - 1 ? 0 : aligned((inputs + ENTRY_SLACK) * ENTRY_BYTES);
      return {
        z: BLOCK * width,
        entryStep,
        entries: BLOCK * entryStep,
        counts: BLOCK * 4,
        indices: (BLOCK * entryStep) / 2,
      };
    }),
  };
}

/** Bytes that {@link writeNetwork} takes. */
export function networkBytes(layout: KernelLayout, groups: number, passSize: number): number {
  const { layers, steps: _, ...header } = sizes(layout, groups, passSize);
  let bytes = 0;
  for (const size of Object.values(header)) bytes += aligned(size);
  for (const { z, entries, counts, indices } of layers) {
    for (const size of [z, entries, counts, indices]) bytes += aligned(size);
  }
  return bytes;
}

/** Writes one worker's description into its place in the plan, its buffers behind it. */
export function writeNetwork(memory: WebAssembly.Memory, plan: MemoryPlan, worker: number): void {
  const { layout, groups, passSize } = plan;
  const pass = plan.passes[worker]!;
  const at = plan.networks[worker]!;
  const words = new Uint32Array(memory.buffer);
  const { layers, segments } = layout;
  const firstWidth = layers[0]!.width;
  const size = sizes(layout, groups.length, passSize);
  let free = at;
  const take = (bytes: number): number => {
    const address = free;
    free += aligned(bytes);
    return address;
  };
  take(size.description);
  const scaled = take(size.scaled);
  const firstRows = take(size.firstRows);
  const seconds = take(size.seconds);
  const firstGroup = at + HEADER_BYTES + LAYER_BYTES * layers.length;
  const bounds = segmentBounds(segments, plan.parts);
  // Of a worker that has none, what is no matter.
  const firstSegment = bounds[worker] ?? 0;
  const header = [
    layers.length,
    layers.at(-1)!.outputs,
    0, // lists
    firstGroup,
    0, // labels
    segments,
    layers[0]!.patchBytes,
    size.steps.bucket,
    scaled,
    take(size.inputLanes),
    take(size.outputLanes),
    take(size.losses),
    take(size.predictions),
    take(size.sorted),
    take(size.bounds),
    take(size.zeros),
    pass.partials,
    passSize * firstWidth,
    take(size.partials),
    BLOCK * firstWidth,
    firstRows,
    take(size.pieces),
    pieceStep(passSize),
    take(size.gathered),
    0, // touched
    take(size.scratch),
    seconds,
    take(size.ownSeconds),
    Number(plan.bySamples),
    firstGroup + GROUP_BYTES * groups.length,
    firstGroup + GROUP_BYTES * groups.findIndex(({ end }) => end > firstSegment),
    take(size.table),
    take(size.truths),
    take(size.patchSums),
    size.steps.region,
  ];
  words.set(header, at / 4);
  words.set(segmentRows(layout), firstRows / 4);
  // Where one part ends between the two of a pair, their sums are still to be added, unless they are one.
  for (const end of bounds.slice(1, -1)) {
    if (end % 2 === 1 && layers[0]!.patchBytes === 0)
      words[seconds / 4 + (end - 1) / 2] = passSize * firstWidth;
  }
  for (const [k, { first, end, pieces }] of groups.entries()) {
    words.set([0, first, end, pieces], (firstGroup + GROUP_BYTES * k) / 4);
  }
  const floats = new Float32Array(memory.buffer, scaled, 256);
  for (let byte = 0; byte < 256; byte++) floats[byte] = byte / 255;
  for (const [
    l,
    { inputs, outputs, width, stride, tileBytes, weights, biases, slotBytes },
  ] of layers.entries()) {
    const { z, entryStep, entries, counts, indices } = size.layers[l]!;
    words.set(
      [
        inputs,
        outputs,
        width,
        stride,
        tileBytes,
        weights,
        biases,
        take(z),
        pass.activations[l]!,
        activationStep(width),
        pass.deltas[l]!,
        passSize * stride,
        take(entries),
        entryStep,
        take(counts),
        take(indices),
        pass.slots[l]!,
        slotBytes,
      ],
      (at + HEADER_BYTES + LAYER_BYTES * l) / 4,
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
