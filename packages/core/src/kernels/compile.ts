import { assertWholeNumber } from '../shapes.ts';
import { kernelsBase64, memoryFlagsAt } from './wasm.ts';

/**
 * The kernels: the same mathematics as the reference on float32, in WebAssembly SIMD. `network` is the address of one
 * worker's description (see fields.ts), which holds every other address and setting; samples are counted from the
 * beginning of the epoch's order. Nothing is checked here.
 */
export interface Kernels {
  /** data: the forward pass of a chunk of n samples from order[from] on. */
  dataForward(network: number, from: number, n: number): void;
  /** data: the backward pass of the same chunk, into the gradients of the shards [first … end) that it holds. */
  dataBackward(
    network: number,
    from: number,
    n: number,
    first: number,
    end: number,
    isFirstChunk: boolean,
  ): void;
  /** data: average and SGD step of a minibatch of m samples, over the worker's range of parameters. */
  dataAverageAndStep(network: number, m: number): void;
  /** rows: what the worker's rows of the first layer add to z, for a chunk of n samples. */
  rowsForwardFirst(network: number, from: number, n: number): void;
  /** rows: the rest of the forward pass, for n samples from order[from] on, at `place` of the chunk. */
  rowsForward(network: number, from: number, n: number, place: number): void;
  /** rows: the backward pass of the same samples, which are one shard if the last layer is small. */
  rowsBackward(network: number, from: number, n: number, place: number, shard: number): void;
  /** rows: gradient of the worker's rows over a chunk of n samples; after the last chunk of m samples, their step. */
  rowsAverageAndStep(network: number, n: number, m: number, isFirst: boolean, isLast: boolean): void;
  /** Loss (f32) and prediction (u8) of n samples, the first of which is at `order`. */
  evaluate(network: number, order: number, n: number, losses: number, predictions: number): void;
  /** Where in memory the kernels' own constants end: at most `KERNEL_BYTES`. */
  readonly constantsEnd: WebAssembly.Global;
}

/** What the kernels have for themselves at the beginning of their memory. */
export const KERNEL_BYTES = 128;

/** Flags of the limits of the imported memory: not shared, with a maximum. */
const UNSHARED = 0x01;

/**
 * Compiles the kernels for memory that threads share, or for unshared memory (`shared: false`, where a page may not
 * share memory). Both come from one binary: they differ in one byte of the import.
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

/** The largest memory of the kernels, 4 GiB. */
const MOST_BYTES = 2 ** 32;
const PAGE_BYTES = 65_536;

/**
 * Memory of at least `bytes`, as the kernels import it.
 *
 * @throws ShapeError when `bytes` is not a whole number from 1 to 2³²
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
