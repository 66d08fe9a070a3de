import { assertWholeNumber } from '../shapes.ts';
import { kernelsBase64, memoryFlagsAt } from './wasm.ts';

/**
 * The kernels: the reference's mathematics on float32, in WebAssembly SIMD. `network` is the address of one worker's
 * description (see fields.ts), which holds all other addresses and settings; `from` is a place in the epoch's order.
 * The kernels check nothing.
 */
export interface Kernels {
  /**
   * data: the forward pass of a chunk of n samples from order[from] on; the first chunk of its shards fetches the
   * parameters that other workers stepped.
   */
  dataForward(network: number, from: number, n: number, isFirstChunk: boolean): void;
  /**
   * data: the backward pass of the same chunk, which writes the gradients of its shards [first … end); only this
   * worker may write these. Between this call and dataAverageAndStep, all workers meet.
   */
  dataBackward(
    network: number,
    from: number,
    n: number,
    first: number,
    end: number,
    isFirstChunk: boolean,
  ): void;
  /**
   * data: average and SGD step of a minibatch of m samples, on the worker's range of the parameters. Then all workers
   * meet.
   */
  dataAverageAndStep(network: number, m: number): void;
  /** rows: what the worker's rows of the first layer add to z, for a chunk of n samples. Then all workers meet. */
  rowsForwardFirst(network: number, from: number, n: number): void;
  /** rows: the rest of the forward pass, for n samples from order[from] on, at `place` of the chunk. */
  rowsForward(network: number, from: number, n: number, place: number): void;
  /**
   * rows: the backward pass of the same samples, which are one shard if the last layer is small. Then all workers
   * meet.
   */
  rowsBackward(network: number, from: number, n: number, place: number, shard: number): void;
  /**
   * rows: the gradient of the worker's rows over a chunk of n samples, and after the last chunk of m samples, their
   * step.
   */
  rowsAverageAndStep(network: number, n: number, m: number, isFirst: boolean, isLast: boolean): void;
  /** Loss (f32) and prediction (u16) of n samples; `order` is the address of the samples' numbers (u32). */
  evaluate(network: number, order: number, n: number, losses: number, predictions: number): void;
  /** Shuffles n numbers (u32) at the address `order` with the draws of (seed, 'permutation', epoch). */
  shuffle(order: number, n: number, seedLow: number, seedHigh: number, epoch: number): void;
  /**
   * Makes the lists of images; assembly/make-lists.ts describes what is at the addresses. It reads no description, so
   * the memory may be another than the run's.
   */
  makeLists(
    images: number,
    count: number,
    size: number,
    form: number,
    shards: number,
    firstRows: number,
    first: number,
    end: number,
    perList: number,
    mask: number,
    patches: number,
    counts: number,
    lists: number,
    writes: boolean,
  ): void;
  /** The address where the kernels' own constants end: at most `KERNEL_BYTES`. */
  readonly constantsEnd: WebAssembly.Global;
}

/** Bytes at the beginning of the memory that are reserved for the kernels' constants. */
export const KERNEL_BYTES = 128;

/** Flags of the limits of the imported memory: not shared, with a maximum. */
const UNSHARED = 0x01;

/**
 * Compiles the kernels for memory that threads share, or for unshared memory (`shared: false`, where a page may not
 * share memory). One binary serves for both: the two differ in one byte of the import.
 *
 * A compiled module can be posted to a worker, which then shares its machine code, if the response with the worker's
 * script allows WebAssembly; otherwise Firefox delivers `messageerror` instead of the module. A page whose content
 * security policy forbids `unsafe-eval` must allow `'wasm-unsafe-eval'`. A resolved promise does not prove that the
 * policy allows WebAssembly: WebKit (WebKitGTK 2.50.6) compiles the module and refuses only the instantiation.
 *
 * `inflate` unpacks raw deflate data, by default with `DecompressionStream`, which every environment has; Node's
 * `inflateRawSync` needs a tenth of its time.
 */
export async function compileKernels({
  shared,
  inflate = inflateRaw,
}: {
  shared: boolean;
  inflate?: (deflated: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}): Promise<WebAssembly.Module> {
  const deflated = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  const binary = await inflate(deflated);
  if (!shared) binary[memoryFlagsAt] = UNSHARED;
  return WebAssembly.compile(binary);
}

/** Without `Response`: in Node, its first use loads the whole HTTP client. */
async function inflateRaw(deflated: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new DecompressionStream('deflate-raw');
  const writer = writable.getWriter();
  const written = Promise.all([writer.write(deflated), writer.close()]);
  const bytes: number[] = [];
  const reader = readable.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) bytes.push(...part.value);
  await written;
  return Uint8Array.from(bytes);
}

/** Bytes of the largest possible memory, 4 GiB: its addresses have 32 bits. */
export const MOST_BYTES: number = 2 ** 32;
const PAGE_BYTES = 65_536;

/**
 * Creates memory of at least `bytes`, of the type that the kernels import.
 *
 * @throws ShapeError when `bytes` is not a whole number from 1 to 2³²
 */
export function createKernelMemory(bytes: number, { shared }: { shared: boolean }): WebAssembly.Memory {
  assertWholeNumber('createKernelMemory', 'bytes', bytes, 1, MOST_BYTES);
  const initial = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial, maximum: initial, shared });
}

/**
 * Binds compiled kernels to a memory. Each worker needs its own instance, because the kernels keep state in global
 * variables.
 */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
