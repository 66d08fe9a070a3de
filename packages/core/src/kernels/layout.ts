import { layerViews } from '../parameters.ts';
import { type Layers, layersParameterCount } from '../shapes.ts';

/**
 * How the kernels keep parameters, gradients and velocity: layer by layer W and b as float32, W input-major
 * (a row for each input, the outputs side by side), padded with zeros to four lanes, and where there are more
 * than 32 outputs, in tiles of 32: all rows of a tile, then those of the next. The canonical order of files and
 * hashes is another one; {@link packParametersInto} and {@link unpackParameters} go between the two.
 */
export interface KernelLayout {
  /** Sizes of the layers, inputs first. */
  readonly sizes: Layers;
  /** Into how many segments the first layer's inputs are dealt out; see {@link rowOf}. */
  readonly segments: number;
  readonly layers: readonly KernelLayer[];
  /** Bytes of a whole vector of parameters. */
  readonly bytes: number;
}

/** Places of one layer, in bytes within the vector. */
export interface KernelLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Bytes of the outputs, padded to four lanes. */
  readonly width: number;
  /** Bytes from one row of a tile to the next. */
  readonly stride: number;
  /** Bytes from one tile to the next. */
  readonly tileBytes: number;
  readonly weights: number;
  readonly biases: number;
}

/** Bytes of a cache line. */
export const LINE = 64;
/** Bytes of 32 outputs; TILE of assembly/pixels.ts. A narrower first layer's rows are not sorted there. */
export const TILE_BYTES = 128;

/**
 * The row of the first layer's W that belongs to input j. Inputs are dealt out to the segments like cards: j goes to
 * segment j mod `segments`, so that each gets a like share of every image. Rows of a segment follow one another.
 */
function rowOf(j: number, inputs: number, segments: number): number {
  return firstRowOf(j % segments, inputs, segments) + Math.floor(j / segments);
}

/** Where a segment's rows begin; for `segments` itself, where the last one's end. */
export function firstRowOf(segment: number, inputs: number, segments: number): number {
  return segment * Math.floor(inputs / segments) + Math.min(segment, inputs % segments);
}

/** Where each part's segments begin, and behind the last one's end. */
export function segmentBounds(segments: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * segments) / parts));
}

/**
 * Lays the parameters of these layers out.
 *
 * @param segments at least 1; the last bits of what the kernels compute depend on it
 */
export function layoutNetwork(layers: Layers, segments: number): KernelLayout {
  layersParameterCount('layoutNetwork', layers);
  const placed: KernelLayer[] = [];
  let at = 0;
  for (let l = 1; l < layers.length; l++) {
    const inputs = layers[l - 1]!;
    const outputs = layers[l]!;
    const width = 16 * Math.ceil(outputs / 4);
    const stride = Math.min(width, TILE_BYTES);
    const tileBytes = inputs * stride;
    const biases = LINE * Math.ceil((at + Math.ceil(width / TILE_BYTES) * tileBytes) / LINE);
    placed.push({ inputs, outputs, width, stride, tileBytes, weights: at, biases });
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
  { sizes, segments, layers: placed }: KernelLayout,
  parameters: Float64Array,
  callback: (canonical: Float64Array, k: number, place: number) => void,
): void {
  for (const [l, { W, b, inputs, outputs }] of layerViews(parameters, sizes).entries()) {
    const { weights, stride, tileBytes, biases } = placed[l]!;
    for (let h = 0; h < outputs; h++) {
      const column = weights + Math.floor((4 * h) / TILE_BYTES) * tileBytes + ((4 * h) % TILE_BYTES);
      for (let j = 0; j < inputs; j++) {
        const row = l === 0 ? rowOf(j, inputs, segments) : j;
        callback(W, h * inputs + j, (column + row * stride) / 4);
      }
      callback(b, h, biases / 4 + h);
    }
  }
}
