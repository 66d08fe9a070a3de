import type { KernelLayout } from './layout.ts';

/**
 * The description of a network that the kernels read from memory, with the buffers that one worker needs. The
 * places are those of assembly/network.ts.
 */

/** Samples that go through each stage together; BLOCK of assembly/network.ts. */
const BLOCK = 16;
const HEADER_BYTES = 32;
const LAYER_BYTES = 48;
const ENTRY_BYTES = 8;
/** Entries are written eight at a time, so up to seven more than there are inputs, and one vector more. */
const ENTRY_SLACK = 16;

function aligned(bytes: number): number {
  return 64 * Math.ceil(bytes / 64);
}

/** Bytes that {@link writeNetwork} takes. */
export function networkBytes({ layers }: KernelLayout): number {
  let bytes = aligned(HEADER_BYTES + LAYER_BYTES * layers.length) + 2 * aligned(BLOCK * 4);
  for (const { inputs, width } of layers) {
    bytes +=
      1.5 * BLOCK * aligned((inputs + ENTRY_SLACK) * ENTRY_BYTES) +
      aligned(BLOCK * 4) +
      2 * aligned(BLOCK * width);
  }
  return bytes;
}

/** Writes the description at an address that is a multiple of 64, its buffers behind it. */
export function writeNetwork(memory: WebAssembly.Memory, at: number, layout: KernelLayout): void {
  const words = new Uint32Array(memory.buffer);
  const { layers } = layout;
  let free = at + aligned(HEADER_BYTES + LAYER_BYTES * layers.length);
  const take = (bytes: number): number => {
    const address = free;
    free += aligned(bytes);
    return address;
  };
  // depth, classes, lists, starts, labels, losses, predictions, touched
  const header = [layers.length, layers.at(-1)!.outputs, 0, 0, 0, take(BLOCK * 4), take(BLOCK * 4), 0];
  words.set(header, at / 4);
  for (const [l, { inputs, outputs, width, stride, tileBytes, weights, biases }] of layers.entries()) {
    const entryStep = aligned((inputs + ENTRY_SLACK) * ENTRY_BYTES);
    const entries = take(BLOCK * entryStep);
    const counts = take(BLOCK * 4);
    const activations = take(BLOCK * width);
    const deltas = take(BLOCK * width);
    const indices = take((BLOCK * entryStep) / 2);
    words.set(
      [
        stride,
        width,
        weights,
        biases,
        outputs,
        entries,
        entryStep,
        counts,
        activations,
        deltas,
        tileBytes,
        indices,
      ],
      (at + HEADER_BYTES + LAYER_BYTES * l) / 4,
    );
  }
}

/** Where the lists of a set of samples lie; see sample-lists.ts. */
export interface SampleAddresses {
  readonly lists: number;
  readonly starts: number;
  readonly labels: number;
}

/** Points a network at the samples it is to work on. */
export function selectSamples(
  memory: WebAssembly.Memory,
  network: number,
  { lists, starts, labels }: SampleAddresses,
): void {
  new Uint32Array(memory.buffer).set([lists, starts, labels], network / 4 + 2);
}
