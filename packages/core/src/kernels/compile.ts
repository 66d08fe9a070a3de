import { assertWholeNumber } from '../shapes.ts';
import { kernelsBase64, memoryFlagsAt } from './wasm.ts';

/**
 * The kernels: the same mathematics as the reference on float32, in WebAssembly SIMD. All addresses are bytes in
 * the memory they were instantiated with; sizes are settled by the layout, so nothing is checked here.
 *
 * What each one does is written beside its source in assembly/.
 */
export interface Kernels {
  /**
   * The first layer of a chunk of n samples, for the rows of segments [first … last): what they add to their z. Where
   * it is shared out by samples, segments are all of them, and this is z but for b.
   */
  partials(network: number, parameters: number, order: number, n: number, first: number, last: number): void;
  /**
   * A worker's part of a minibatch: activations and dz of order[from … to) into the chunk that begins at
   * order[chunk]; losses (f32) and hits (u8) likewise. Where a layer has slots, these are one shard, and this its number.
   */
  deltas(
    network: number,
    parameters: number,
    order: number,
    chunk: number,
    from: number,
    to: number,
    shard: number,
    losses: number,
    hits: number,
  ): void;
  /**
   * A worker's part of the rows of every layer: the gradient of the chunk's n samples, and after a minibatch's
   * last chunk its mean and the SGD step.
   */
  step(
    network: number,
    parameters: number,
    velocity: number,
    gradient: number,
    n: number,
    part: number,
    parts: number,
    first: number,
    end: number,
    whole: boolean,
    last: boolean,
    m: number,
    learningRate: number,
    momentum: number,
  ): void;
  /**
   * Bytes [from … to) of the parameters, where shards added up their gradients in slots: the sum of these in their
   * order, its mean over m, and the SGD step; the slots are 0 again.
   */
  reduce(
    network: number,
    parameters: number,
    velocity: number,
    slots: number,
    slotBytes: number,
    count: number,
    from: number,
    to: number,
    m: number,
    learningRate: number,
    momentum: number,
  ): void;
  /** Loss (f32) and prediction (u8) of order[from … to). */
  evaluate(
    network: number,
    parameters: number,
    order: number,
    from: number,
    to: number,
    losses: number,
    predictions: number,
  ): void;
  /** Where in memory their own constants end: at most 128, where a plan's begin. */
  readonly constantsEnd: WebAssembly.Global;
}

/** What the kernels have for themselves at the beginning of their memory. */
export const KERNEL_BYTES = 128;

/** Flags of the limits of the imported memory: not shared, with a maximum. */
const UNSHARED = 0x01;

/**
 * Compiles the kernels for memory that is shared between threads, or is not (`shared: false` where a page may
 * not have shared memory). Both come from one binary: they differ in one byte of the import.
 *
 * A compiled module can be posted to a worker, which then shares its machine code, if the response with the worker's
 * script allows WebAssembly; otherwise Firefox delivers `messageerror` instead of the module. A page whose content
 * security policy forbids `unsafe-eval` must allow `'wasm-unsafe-eval'`. A resolved promise does not prove that the policy
 * allows WebAssembly: WebKit (WebKitGTK 2.50.6) compiles the module and refuses only the instantiation.
 */
export async function compileKernels({ shared }: { shared: boolean }): Promise<WebAssembly.Module> {
  const binary = await inflate(Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0)));
  if (!shared) binary[memoryFlagsAt] = UNSHARED;
  return WebAssembly.compile(binary);
}

async function inflate(deflated: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The most that any memory of the kernels may have, 4 GiB. */
const MOST_BYTES = 2 ** 32;
const PAGE_BYTES = 65_536;

/**
 * Memory of at least so many bytes, as the kernels want it.
 *
 * @throws ShapeError when `bytes` is no whole number from 1 to 2³²
 */
export function createKernelMemory(bytes: number, { shared }: { shared: boolean }): WebAssembly.Memory {
  assertWholeNumber('createKernelMemory', 'bytes', bytes, 1, MOST_BYTES);
  const initial = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial, maximum: initial, shared });
}

/** Binds compiled kernels to a memory; every worker does this for itself. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
