import { layerViews } from '../parameters.ts';
import { assertWholeNumber, type Layers, layersParameterCount } from '../shapes.ts';

/**
 * How the kernels store parameters, gradients and velocity: layer by layer W, then b, as float32.
 *
 * - In rows: W is input-major, a row for each input with its outputs side by side, padded with zeros to a multiple of
 *   32 outputs, or in a narrow last layer to twelve. A layer of more than 64 outputs is kept in tiles of 64 outputs:
 *   all rows of the first tile, then all rows of the next.
 * - In patches: a first layer of at most 20 outputs is kept in tiles of ten outputs. A patch has four inputs, and for
 *   each of the ten outputs their four weights side by side; the next patch follows. In a square image whose side is
 *   even, a patch is 2 × 2 pixels.
 *
 * Files and hashes use the canonical order; `packParametersInto` and `unpackParameters` convert between
 * the two.
 */
export interface KernelLayout {
  /** Sizes of the layers, inputs first. */
  readonly sizes: Layers;
  /**
   * Number of shards of a minibatch, and of segments. The first layer's rows, or patches, are dealt out to the
   * segments in turn: row j belongs to segment j mod `shards`.
   */
  readonly shards: number;
  readonly layers: readonly KernelLayer[];
  /** Bytes of a vector of all parameters. */
  readonly bytes: number;
  /** Bytes of a shard's flags: one for each masked row, padded to whole cache lines. */
  readonly touchedBytes: number;
}

/** One layer; offsets are in bytes from the beginning of the vector. */
export interface KernelLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Bytes of a row's outputs, padded to a multiple of 32 outputs, or in a narrow layer to twelve. */
  readonly width: number;
  /** Bytes of a patch of W, for ten outputs; 0 if W is kept in rows. */
  readonly patchBytes: number;
  /** Bytes from one row of a tile to the next. */
  readonly stride: number;
  /** Bytes from one tile to the next; in patches, a tile has ten outputs. */
  readonly tileBytes: number;
  readonly weights: number;
  readonly biases: number;
  /**
   * Whether gradients of rows are summed over masks of samples; with `data`, each shard flags the rows that it
   * touched.
   */
  readonly masked: boolean;
  /** Offset of the layer's flags in the flags of a shard. */
  readonly touchedRows: number;
  /** Whether the layer is the last one and so small that `rows` sums its gradient shard by shard. */
  readonly hasShardGradients: boolean;
}

/**
 * How the workers divide a minibatch. `data`: each worker computes the forward and the backward pass of its shards
 * and writes their gradients, which are averaged before the step. `rows`: each worker owns rows of every layer and
 * computes their gradient over all samples.
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
const PATCH = 4;
/** Bytes of a narrow row of W; TWELVE of assembly/layers/gradient.ts. */
const TWELVE_BYTES = 48;
/** Inputs of a narrow last layer up to which a gradient per shard is faster. */
const MOST_SHARD_GRADIENT_INPUTS = 16;
/** Outputs of a tile in patches; TEN of assembly/layers/patches.ts. */
const TEN = 10;
/** Outputs of a first layer up to which patches are faster than rows. */
const MOST_BY_PATCHES = 2 * TEN;

/**
 * The row of the first layer's W that holds input j, or patch j. Inputs are dealt out to the segments in turn, so
 * that each segment gets a similar share of every image: j goes to segment j mod `shards`. The rows of a segment are
 * consecutive.
 */
function rowOf(j: number, rows: number, shards: number): number {
  return firstRowOf(j % shards, rows, shards) + Math.floor(j / shards);
}

/** The first row of a segment; for `shards` itself, the number of rows. */
function firstRowOf(segment: number, rows: number, shards: number): number {
  return segment * Math.floor(rows / shards) + Math.min(segment, rows % shards);
}

/** The first row of each segment, then the number of rows. If W is kept in patches, a row is a patch. */
export function segmentRows({ layers, shards }: KernelLayout): number[] {
  const { inputs, patchBytes } = layers[0]!;
  const rows = patchBytes > 0 ? Math.ceil(inputs / PATCH) : inputs;
  return Array.from({ length: shards + 1 }, (_, segment) => firstRowOf(segment, rows, shards));
}

/**
 * The inputs of each patch, in the order of the patches of W; −1 marks a missing input. In a square image whose side
 * is even, a patch is 2 × 2 pixels: more of these patches are empty than of patches of four pixels in a row, because
 * strokes are as likely to be vertical as horizontal.
 */
export function patchInputs(layout: KernelLayout): Int32Array {
  const { sizes, shards } = layout;
  const inputs = sizes[0]!;
  const side = squareSide(layout);
  const patches = Math.ceil(inputs / PATCH);
  const order = new Int32Array(patches * PATCH).fill(-1);
  for (let j = 0; j < inputs; j++) {
    let [patch, lane] = [Math.floor(j / PATCH), j % PATCH];
    if (side !== undefined) {
      const x = j % side;
      const y = Math.floor(j / side);
      patch = (Math.floor(y / 2) * side) / 2 + Math.floor(x / 2);
      lane = (y % 2) * 2 + (x % 2);
    }
    order[rowOf(patch, patches, shards) * PATCH + lane] = j;
  }
  return order;
}

/** The side of a square image, if it is even, so that its patches are 2 × 2 pixels. */
export function squareSide({ sizes }: KernelLayout): number | undefined {
  const side = Math.sqrt(sizes[0]!);
  return side % 2 === 0 ? side : undefined;
}

/**
 * Where range number `share` begins when `count` elements are divided into `shares` ranges, as evenly as possible;
 * for `shares` itself, the end.
 */
export function shareBound(count: number, share: number, shares: number): number {
  return Math.floor((share * count) / shares);
}

/** The first segment of each worker, then the number of segments. */
export function segmentBounds(shards: number, workers: number): number[] {
  return Array.from({ length: workers + 1 }, (_, worker) => shareBound(shards, worker, workers));
}

/** The largest number of inputs: more than the images here have, and few enough to number the patches in 16 bits. */
export const MOST_INPUTS = 64_000;

/** Labels and predictions are words of 16 bits. */
const MOST_OUTPUTS = 65_536;

/**
 * Lays out the parameters of these layers.
 *
 * @param shards at least 1; the last bits of the kernels' results depend on it
 * @throws ShapeError when there is no layer, a size is not a whole number from 1 on, the first is above `MOST_INPUTS`, the last above `MOST_OUTPUTS`, or there are more than 2²⁹ parameters
 */
export function layoutNetwork(layers: Layers, shards: number): KernelLayout {
  layersParameterCount('layoutNetwork', layers);
  assertWholeNumber('layoutNetwork', 'layers[0]', layers[0]!, 1, MOST_INPUTS);
  const last = layers.length - 1;
  assertWholeNumber('layoutNetwork', `layers[${last}]`, layers[last]!, 1, MOST_OUTPUTS);
  const placed: KernelLayer[] = [];
  let at = 0;
  let touched = 0;
  for (let l = 1; l < layers.length; l++) {
    const inputs = layers[l - 1]!;
    const outputs = layers[l]!;
    const tens = l === 1 && outputs <= MOST_BY_PATCHES ? Math.ceil(outputs / TEN) : 0;
    // PATCH of assembly/layers/patches.ts.
    const patchBytes = tens > 0 ? 4 * PATCH * TEN : 0;
    // In patches, the forward pass writes ten outputs as twelve.
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

/** Bytes of a shard's gradient of a small last layer. Rows are summed four at a time, and b is one of them. */
export function shardGradientBytes({ inputs, width }: KernelLayer): number {
  return 4 * width * Math.ceil((inputs + 1) / 4);
}

/** Converts parameters from the canonical order to the kernels' layout; padding becomes 0. */
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

/** Converts parameters from the kernels' layout to the canonical order. */
export function unpackParameters(packed: Float32Array, layout: KernelLayout): Float64Array {
  const parameters = new Float64Array(layersParameterCount('unpackParameters', layout.sizes));
  visit(layout, parameters, (canonical, k, place) => {
    canonical[k] = packed[place]!;
  });
  return parameters;
}

/** Calls back for each parameter with its tensor, its index there, and its index in the kernels' layout. */
function visit(
  layout: KernelLayout,
  parameters: Float64Array,
  callback: (canonical: Float64Array, k: number, place: number) => void,
): void {
  const { sizes, shards, layers: placed } = layout;
  for (const [l, { W, b, inputs, outputs }] of layerViews(parameters, sizes).entries()) {
    const { weights, patchBytes, stride, tileBytes, biases } = placed[l]!;
    /** Offset of each input's weight of the first output, in floats from the beginning of W. */
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
