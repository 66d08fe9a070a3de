import { layerViews } from '../parameters.ts';
import { assertWholeNumber, type Layers, layersParameterCount } from '../shapes.ts';

/**
 * How the kernels keep parameters, gradients and velocity: layer by layer W and b as float32, W input-major
 * (a row for each input, the outputs side by side), padded with zeros to whole 32 outputs (a last layer to twelve, if
 * these are enough), and where there are more than 64 outputs, in tiles of 64: all rows of a tile, then those of the
 * next. A first layer of at most 20 outputs is kept in patches instead, in tiles of ten outputs: four inputs side by side,
 * for each of the ten, then the next patch. In a square image whose side is even, the four are two wide and two high.
 * The canonical order of files and hashes is another one; `packParametersInto` and `unpackParameters` go
 * between the two.
 */
export interface KernelLayout {
  /** Sizes of the layers, inputs first. */
  readonly sizes: Layers;
  /**
   * Number of shards of a minibatch. The first layer's rows, or patches, are dealt out like cards to as many segments:
   * row j to segment j mod `shards`.
   */
  readonly shards: number;
  readonly layers: readonly KernelLayer[];
  /** Bytes of a whole vector of parameters. */
  readonly bytes: number;
  /** Flags of a shard: a byte for each row that is masked, to whole lines. */
  readonly touchedBytes: number;
}

/** One layer, its places in bytes within the vector. */
export interface KernelLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Bytes of the outputs, padded to whole 32, or to twelve where these are narrow. */
  readonly width: number;
  /** Bytes of a patch of W, of ten outputs; 0 where W is kept in rows. */
  readonly patchBytes: number;
  /** Bytes from one row of a tile to the next. */
  readonly stride: number;
  /** Bytes from one tile to the next; where W is kept in patches, a tile is of ten outputs. */
  readonly tileBytes: number;
  readonly weights: number;
  readonly biases: number;
  /** Whether rows are summed over masks of samples, and a shard flags those that it touched. */
  readonly masked: boolean;
  /** Where the layer's flags begin among those of a shard. */
  readonly touchedRows: number;
  /** Whether the layer is the last one and so small that `rows` sums its gradient shard by shard. */
  readonly hasShardGradients: boolean;
}

/**
 * How the workers share a minibatch out. `data`: each worker computes forward and backward of its shards, into gradients
 * of these shards, which are averaged before the step. `rows`: each worker owns rows of the first layer and multiplies
 * their gradient out over all samples.
 */
export type ParallelStrategy = 'data' | 'rows';

/** Every strategy, the default first. */
export const parallelStrategies: readonly ParallelStrategy[] = ['data', 'rows'];

/** Bytes of a cache line. */
export const LINE = 64;
/** Bytes of 64 outputs; TILE of assembly/layers/pixels.ts. */
const TILE_BYTES = 256;
/** Outputs of half a tile; HALF_TILE of assembly/layers/pixels.ts has their bytes. */
const HALF_TILE_OUTPUTS = 32;
/** Inputs of a patch. */
export const PATCH = 4;
/** Bytes of a narrow row of W; TWELVE of assembly/layers/gradient.ts. */
export const TWELVE_BYTES = 48;
/** A last layer of more inputs is quicker without gradients of its shards. */
const MOST_SHARD_GRADIENT_INPUTS = 16;
/** Outputs that go through the patches together; TEN of assembly/layers/patches.ts. */
const TEN = 10;
/** A first layer of more outputs is quicker by rows. */
const MOST_BY_PATCHES = 2 * TEN;

/**
 * The row of the first layer's W that belongs to input j, or to a patch. They are dealt out to the segments like cards:
 * j goes to segment j mod `shards`, so that each gets a like share of every image. Rows of a segment follow one
 * another.
 */
function rowOf(j: number, rows: number, shards: number): number {
  return firstRowOf(j % shards, rows, shards) + Math.floor(j / shards);
}

/** Where a segment's rows begin; for `shards` itself, where the last one's end. */
function firstRowOf(segment: number, rows: number, shards: number): number {
  return segment * Math.floor(rows / shards) + Math.min(segment, rows % shards);
}

/** Where each segment's rows of the first layer begin, and behind the last one's end; a row may be a patch. */
export function segmentRows({ layers, shards }: KernelLayout): number[] {
  const { inputs, patchBytes } = layers[0]!;
  const rows = patchBytes > 0 ? Math.ceil(inputs / PATCH) : inputs;
  return Array.from({ length: shards + 1 }, (_, segment) => firstRowOf(segment, rows, shards));
}

/** The input of each row, rows in the order of W. */
export function rowInputs({ sizes, shards }: KernelLayout): Int32Array {
  const inputs = sizes[0]!;
  const order = new Int32Array(inputs);
  for (let j = 0; j < inputs; j++) order[rowOf(j, inputs, shards)] = j;
  return order;
}

/**
 * The inputs of each patch, patches in the order of W; −1 stands for an input that is not there. In a square image
 * whose side is even, a patch is two wide and two high: of those, more are empty than of four in a row, as a stroke is
 * as likely to go up as across.
 */
export function patchInputs({ sizes, shards }: KernelLayout): Int32Array {
  const inputs = sizes[0]!;
  const side = Math.sqrt(inputs);
  const isImage = side % 2 === 0;
  const patches = Math.ceil(inputs / PATCH);
  const order = new Int32Array(patches * PATCH).fill(-1);
  for (let j = 0; j < inputs; j++) {
    const x = j % side;
    const y = Math.floor(j / side);
    const patch = isImage ? (Math.floor(y / 2) * side) / 2 + Math.floor(x / 2) : Math.floor(j / PATCH);
    const lane = isImage ? (y % 2) * 2 + (x % 2) : j % PATCH;
    order[rowOf(patch, patches, shards) * PATCH + lane] = j;
  }
  return order;
}

/** Where share number `share` begins of `count` things cut into `shares` as even as can be; for `shares` itself, the end. */
export function shareBound(count: number, share: number, shares: number): number {
  return Math.floor((share * count) / shares);
}

/** Where each worker's segments begin, and behind the last one's end. */
export function segmentBounds(shards: number, workers: number): number[] {
  return Array.from({ length: workers + 1 }, (_, worker) => shareBound(shards, worker, workers));
}

/** The most inputs of a network: more than any image here has, and few enough that 16 bits number the patches. */
export const MOST_INPUTS = 64_000;

/**
 * Lays the parameters of these layers out.
 *
 * @param shards at least 1; the last bits of what the kernels compute depend on it
 * @throws ShapeError when there is no layer, one has a size that is no whole number from 1 on, the first more than
 *   `MOST_INPUTS`, or all have more than 2²⁹ parameters
 */
export function layoutNetwork(layers: Layers, shards: number): KernelLayout {
  layersParameterCount('layoutNetwork', layers);
  assertWholeNumber('layoutNetwork', 'layers[0]', layers[0]!, 1, MOST_INPUTS);
  const placed: KernelLayer[] = [];
  let at = 0;
  let touched = 0;
  for (let l = 1; l < layers.length; l++) {
    const inputs = layers[l - 1]!;
    const outputs = layers[l]!;
    const tens = l === 1 && outputs <= MOST_BY_PATCHES ? Math.ceil(outputs / TEN) : 0;
    // PATCH of assembly/layers/patches.ts.
    const patchBytes = tens > 0 ? 4 * PATCH * TEN : 0;
    // Ten outputs by patches are written as twelve.
    const written = tens > 0 ? TEN * tens + 2 : outputs;
    const isNarrow = 4 * written <= TWELVE_BYTES && (tens > 0 || l === layers.length - 1);
    const width = isNarrow ? TWELVE_BYTES : 4 * HALF_TILE_OUTPUTS * Math.ceil(written / HALF_TILE_OUTPUTS);
    const stride = Math.min(width, TILE_BYTES);
    const tileBytes = tens > 0 ? Math.ceil(inputs / PATCH) * patchBytes : inputs * stride;
    const bytes = (tens || Math.ceil(width / TILE_BYTES)) * tileBytes;
    const biases = LINE * Math.ceil((at + bytes) / LINE);
    const masked = tens === 0 && width !== TWELVE_BYTES;
    placed.push({
      inputs,
      outputs,
      width,
      patchBytes,
      stride,
      tileBytes,
      weights: at,
      biases,
      masked,
      touchedRows: touched,
      hasShardGradients: l > 1 && width === TWELVE_BYTES && inputs <= MOST_SHARD_GRADIENT_INPUTS,
    });
    at = LINE * Math.ceil((biases + width) / LINE);
    if (masked) touched += inputs;
  }
  const touchedBytes = LINE * Math.ceil(touched / LINE);
  return { sizes: layers, shards, layers: placed, bytes: at, touchedBytes };
}

/** Bytes of a shard's gradient of a small last layer: rows are summed four at a time, and b is one of them. */
export function shardGradientBytes({ inputs, width }: KernelLayer): number {
  return 4 * width * Math.ceil((inputs + 1) / 4);
}

/** From the canonical order into the kernels'; what is padding becomes 0. */
export function packParametersInto(
  packed: Float32Array,
  parameters: Float64Array,
  layout: KernelLayout,
): void {
  packed.fill(0);
  visit(layout, parameters, (canonical, k, place) => {
    packed[place] = canonical[k]!;
  });
}

/** From the kernels' order into the canonical one. */
export function unpackParameters(packed: Float32Array, layout: KernelLayout): Float64Array {
  const parameters = new Float64Array(layersParameterCount('unpackParameters', layout.sizes));
  visit(layout, parameters, (canonical, k, place) => {
    canonical[k] = packed[place]!;
  });
  return parameters;
}

/** Calls back with each parameter: its tensor, its place there, and its place in the kernels' order. */
function visit(
  layout: KernelLayout,
  parameters: Float64Array,
  callback: (canonical: Float64Array, k: number, place: number) => void,
): void {
  const { sizes, shards, layers: placed } = layout;
  for (const [l, { W, b, inputs, outputs }] of layerViews(parameters, sizes).entries()) {
    const { weights, patchBytes, stride, tileBytes, biases } = placed[l]!;
    /** From W's beginning to each input's weight of the first output, in floats. */
    const places = new Int32Array(inputs);
    if (patchBytes > 0) {
      for (const [k, j] of patchInputs(layout).entries()) {
        if (j >= 0) places[j] = (Math.floor(k / PATCH) * patchBytes) / 4 + (k % PATCH);
      }
    } else {
      for (let j = 0; j < inputs; j++) places[j] = ((l === 0 ? rowOf(j, inputs, shards) : j) * stride) / 4;
    }
    for (let h = 0; h < outputs; h++) {
      const column =
        patchBytes > 0
          ? Math.floor(h / TEN) * tileBytes + (h % TEN) * 4 * PATCH
          : Math.floor((4 * h) / TILE_BYTES) * tileBytes + ((4 * h) % TILE_BYTES);
      for (let j = 0; j < inputs; j++) {
        callback(W, h * inputs + j, (weights + column) / 4 + places[j]!);
      }
      callback(b, h, biases / 4 + h);
    }
  }
}
