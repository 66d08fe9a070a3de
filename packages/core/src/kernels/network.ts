import { firstRowOf, type KernelLayout, TILE_BYTES } from './layout.ts';
import type { MemoryPlan } from './memory-plan.ts';

/**
 * The description of a network that the kernels read from memory, with the buffers that one worker needs. The
 * places are those of assembly/network.ts.
 */

/** Samples that go through each stage together; BLOCK of assembly/network.ts. */
const BLOCK = 64;
const HEADER_BYTES = 128;
const LAYER_BYTES = 64;
const ENTRY_BYTES = 8;
/** Entries are written before it is known whether they count: one more than there are inputs. */
const ENTRY_SLACK = 1;
/** Eight samples side by side, an f32 each. */
const LANES_BYTES = 32;

function aligned(bytes: number): number {
  return 64 * Math.ceil(bytes / 64);
}

/** Bytes from one sample's activations to the next's: an odd number of cache lines, so that a column's spread over the cache. */
export function activationStep(width: number): number {
  return 64 * (Math.ceil(width / 64) | 1);
}

/** What {@link writeNetwork} lays down: sizes in bytes, in the order in which they lie. */
function sizes(layout: KernelLayout, chunk: number) {
  const { layers } = layout;
  const widest = Math.max(...layers.map(({ width }) => width));
  const [first] = layers;
  const sorted =
    first!.width < TILE_BYTES
      ? chunk + ENTRY_SLACK
      : Math.max(chunk + ENTRY_SLACK, chunk * (first!.inputs + 2 * layout.segments));
  const last = layers.at(-1)!;
  return {
    description: HEADER_BYTES + LAYER_BYTES * layers.length,
    scaled: 256 * 4,
    inputLanes: LANES_BYTES * 4 * Math.ceil(last.inputs / 4),
    outputLanes: LANES_BYTES * (last.width / 4),
    losses: BLOCK * 4,
    predictions: BLOCK * 4,
    sorted: sorted * ENTRY_BYTES,
    ends: first!.inputs * 4,
    zeros: widest,
    partials: layout.segments * BLOCK * first!.width,
    firstRows: layout.segments * 4,
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
export function networkBytes(layout: KernelLayout, chunk: number): number {
  const { layers, ...header } = sizes(layout, chunk);
  let bytes = 0;
  for (const size of Object.values(header)) bytes += aligned(size);
  for (const { z, entries, counts, indices } of layers) {
    for (const size of [z, entries, counts, indices]) bytes += aligned(size);
  }
  return bytes;
}

/** Writes one worker's description into its place in the plan, its buffers behind it. */
export function writeNetwork(memory: WebAssembly.Memory, plan: MemoryPlan, worker: number): void {
  const { layout, chunk } = plan;
  const at = plan.networks[worker]!;
  const words = new Uint32Array(memory.buffer);
  const { layers, segments } = layout;
  const firstWidth = layers[0]!.width;
  const size = sizes(layout, chunk);
  let free = at;
  const take = (bytes: number): number => {
    const address = free;
    free += aligned(bytes);
    return address;
  };
  take(size.description);
  const scaled = take(size.scaled);
  const firstRows = take(size.firstRows);
  const header = [
    layers.length,
    layers.at(-1)!.outputs,
    0, // lists, starts and splits
    0,
    0,
    segments,
    0, // labels
    0, // touched
    scaled,
    take(size.inputLanes),
    take(size.outputLanes),
    take(size.losses),
    take(size.predictions),
    take(size.sorted),
    take(size.ends),
    take(size.zeros),
    plan.partials,
    chunk * firstWidth,
    take(size.partials),
    BLOCK * firstWidth,
    firstRows,
  ];
  words.set(header, at / 4);
  for (let segment = 0; segment < segments; segment++) {
    words[firstRows / 4 + segment] = firstRowOf(segment, layers[0]!.inputs, segments);
  }
  const floats = new Float32Array(memory.buffer, scaled, 256);
  for (let byte = 0; byte < 256; byte++) floats[byte] = byte / 255;
  for (const [l, { inputs, outputs, width, stride, tileBytes, weights, biases }] of layers.entries()) {
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
        plan.activations[l]!,
        activationStep(width),
        plan.deltas[l]!,
        chunk * stride,
        take(entries),
        entryStep,
        take(counts),
        take(indices),
      ],
      (at + HEADER_BYTES + LAYER_BYTES * l) / 4,
    );
  }
}

/** Where the lists of a set of samples lie; see sample-lists.ts. */
export interface SampleAddresses {
  readonly lists: number;
  readonly starts: number;
  readonly splits: number;
  readonly labels: number;
}

/** Points a network at the samples it is to work on. */
export function selectSamples(
  memory: WebAssembly.Memory,
  network: number,
  { lists, starts, splits, labels }: SampleAddresses,
): void {
  const words = new Uint32Array(memory.buffer, network, HEADER_BYTES / 4);
  words.set([lists, starts, splits], 2);
  words[6] = labels;
}
