import { layerViews } from '../parameters.ts';
import { assertWholeNumber, type Layers, layersParameterCount } from '../shapes.ts';

/**
 * How the kernels keep parameters, gradients and velocity: layer by layer W and b as float32, W input-major
 * (a row for each input, the outputs side by side), padded with zeros to whole 32 outputs (an output layer to twelve, if
 * these are enough), and where there are more than 64 outputs, in tiles of 64: all rows of a tile, then those of the
 * next. A first layer of at most 20 outputs goes by patches instead, in tiles of ten outputs: four inputs side by side, for
 * each of the ten, then the next patch. In a square image whose side is even, the four are two wide and two high.
 * The canonical order of files and hashes is another one; {@link packParametersInto} and {@link unpackParameters} go
 * between the two.
 */
export interface KernelLayout {
  /** Sizes of the layers, inputs first. */
  readonly sizes: Layers;
  /** Into how many segments the first layer's inputs, or patches, are dealt out like cards: j to j mod `segments`. */
  readonly segments: number;
  readonly layers: readonly KernelLayer[];
  /** Bytes of a whole vector of parameters. */
  readonly bytes: number;
}

/** Places of one layer, in bytes within the vector. */
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
  /**
   * Bytes of a slot, which takes a shard's gradient of W and b row after row; 0 where there is none: only a narrow output
   * layer of few inputs has them.
   */
  readonly slotBytes: number;
}

/** Bytes of a cache line. */
export const LINE = 64;
/** Bytes of 64 outputs; TILE of assembly/pixels.ts. */
const TILE_BYTES = 256;
/** Outputs of what a smaller tile is taken in; UNIT of assembly/pixels.ts has their bytes. */
const UNIT_OUTPUTS = 32;
/** Inputs of a patch. */
export const PATCH = 4;
/** Bytes of a narrow row of W; TWELVE of assembly/rows.ts. */
const TWELVE_BYTES = 48;
/** More inputs than these are quicker without slots. */
const MOST_SLOT_INPUTS = 16;
/** Bytes of a slot's rows, b among them, at most. */
export const MOST_SLOT_BYTES: number = TWELVE_BYTES * (MOST_SLOT_INPUTS + 1);
/** Outputs that go through the patches together; TEN of assembly/patches.ts. */
const TEN = 10;
/** A first layer of more outputs is quicker by rows. */
const MOST_BY_PATCHES = 2 * TEN;

/**
 * The row of the first layer's W that belongs to input j, or to a patch. They are dealt out to the segments like cards:
 * j goes to segment j mod `segments`, so that each gets a like share of every image. Rows of a segment follow one
 * another.
 */
function rowOf(j: number, rows: number, segments: number): number {
  return firstRowOf(j % segments, rows, segments) + Math.floor(j / segments);
}

/** Where a segment's rows begin; for `segments` itself, where the last one's end. */
function firstRowOf(segment: number, rows: number, segments: number): number {
  return segment * Math.floor(rows / segments) + Math.min(segment, rows % segments);
}

/** Where each segment's rows of the first layer begin, and behind the last one's end; a row may be a patch. */
export function segmentRows({ layers, segments }: KernelLayout): number[] {
  const { inputs, patchBytes } = layers[0]!;
  const rows = patchBytes > 0 ? Math.ceil(inputs / PATCH) : inputs;
  return Array.from({ length: segments + 1 }, (_, segment) => firstRowOf(segment, rows, segments));
}

/**
 * The inputs of each patch, patches in the order of W; −1 stands for an input that is not there. In a square image
 * whose side is even, a patch is two wide and two high: of those, more are empty than of four in a row, as a stroke is
 * as likely to go up as across.
 */
export function patchInputs({ sizes, segments }: KernelLayout): Int32Array {
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
    order[rowOf(patch, patches, segments) * PATCH + lane] = j;
  }
  return order;
}

/** Where a part of `count` begins that is cut into parts as even as can be; for `parts` itself, where the last one ends. */
export function partBound(count: number, part: number, parts: number): number {
  return Math.floor((part * count) / parts);
}

/** Where each part's segments begin, and behind the last one's end. */
export function segmentBounds(segments: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, part) => partBound(segments, part, parts));
}

/** The most inputs of a network: more than any image here has, and few enough that 16 bits number the patches. */
export const MOST_INPUTS = 64_000;

/**
 * Lays the parameters of these layers out.
 *
 * @param segments at least 1; the last bits of what the kernels compute depend on it
 * @throws ShapeError when there is no layer, one has a size that is no whole number from 1 on, the first more than
 *   {@link MOST_INPUTS}, or all have more than 2²⁹ parameters
 */
export function layoutNetwork(layers: Layers, segments: number): KernelLayout {
  layersParameterCount('layoutNetwork', layers);
  assertWholeNumber('layoutNetwork', 'layers[0]', layers[0]!, 1, MOST_INPUTS);
  const placed: KernelLayer[] = [];
  let at = 0;
  for (let l = 1; l < layers.length; l++) {
    const inputs = layers[l - 1]!;
    const outputs = layers[l]!;
    const tens = l === 1 && outputs <= MOST_BY_PATCHES ? Math.ceil(outputs / TEN) : 0;
    // PATCH of assembly/patches.ts.
    const patchBytes = tens > 0 ? 4 * PATCH * TEN : 0;
    // Ten outputs by patches are written as twelve.
    const written = tens > 0 ? TEN * tens + 2 : outputs;
    const isNarrow = 4 * written <= TWELVE_BYTES && (tens > 0 || l === layers.length - 1);
    const width = isNarrow ? TWELVE_BYTES : 4 * UNIT_OUTPUTS * Math.ceil(written / UNIT_OUTPUTS);
    const stride = Math.min(width, TILE_BYTES);
    const tileBytes = tens > 0 ? Math.ceil(inputs / PATCH) * patchBytes : inputs * stride;
    const bytes = (tens || Math.ceil(width / TILE_BYTES)) * tileBytes;
    const biases = LINE * Math.ceil((at + bytes) / LINE);
    const hasSlots = l > 1 && width === TWELVE_BYTES && inputs <= MOST_SLOT_INPUTS;
    // Its rows are summed four at a time.
    const slotBytes = hasSlots ? 4 * TWELVE_BYTES * Math.ceil((inputs + 1) / 4) : 0;
    placed.push({ inputs, outputs, width, patchBytes, stride, tileBytes, weights: at, biases, slotBytes });
    at = LINE * Math.ceil((biases + width) / LINE);
  }
  return { sizes: layers, segments, layers: placed, bytes: at };
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
  const { sizes, segments, layers: placed } = layout;
  for (const [l, { W, b, inputs, outputs }] of layerViews(parameters, sizes).entries()) {
    const { weights, patchBytes, stride, tileBytes, biases } = placed[l]!;
    /** From W's beginning to each input's weight of the first output, in floats. */
    const places = new Int32Array(inputs);
    if (patchBytes > 0) {
      for (const [k, j] of patchInputs(layout).entries()) {
        if (j >= 0) places[j] = (Math.floor(k / PATCH) * patchBytes) / 4 + (k % PATCH);
      }
    } else {
      for (let j = 0; j < inputs; j++) places[j] = ((l === 0 ? rowOf(j, inputs, segments) : j) * stride) / 4;
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
