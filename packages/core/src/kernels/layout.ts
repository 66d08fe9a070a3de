import { layerViews } from '../parameters.ts';
import { type Layers, layersParameterCount } from '../shapes.ts';

/**
 * How the kernels keep parameters, gradients and velocity: layer by layer W and b as float32, W input-major
 * (a row for each input, the outputs side by side), padded with zeros to four lanes, and where there are more
 * than 32 outputs, in tiles of 32: all rows of a tile, then those of the next. The canonical order of files and
 * hashes is another one; {@link packParametersInto} and {@link unpackParameters} go between the two.
 */
export interface KernelLayout {
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

const LINE = 64;
/** Bytes of 32 outputs; TILE of assembly/pixels.ts. A narrower first layer's rows are not sorted there. */
export const TILE_BYTES = 128;

/** Lays the parameters of these layers out. */
export function layoutNetwork(layers: Layers): KernelLayout {
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
  return { layers: placed, bytes: at };
}

/** From the canonical order into the kernels'; what is padding becomes 0. */
export function packParametersInto(packed: Float32Array, parameters: Float64Array, layers: Layers): void {
  packed.fill(0);
  visit(layers, parameters, (canonical, k, place) => {
    packed[place] = canonical[k]!;
  });
}

/** From the kernels' order into the canonical one. */
export function unpackParameters(packed: Float32Array, layers: Layers): Float64Array {
  const parameters = new Float64Array(layersParameterCount('unpackParameters', layers));
  visit(layers, parameters, (canonical, k, place) => {
    canonical[k] = packed[place]!;
  });
  return parameters;
}

/** Calls back with each parameter: its tensor, its place there, and its place in the kernels' order. */
function visit(
  layers: Layers,
  parameters: Float64Array,
  callback: (canonical: Float64Array, k: number, place: number) => void,
): void {
  const { layers: placed } = layoutNetwork(layers);
  for (const [l, { W, b, inputs, outputs }] of layerViews(parameters, layers).entries()) {
    const { weights, stride, tileBytes, biases } = placed[l]!;
    for (let h = 0; h < outputs; h++) {
      const column = weights + Math.floor((4 * h) / TILE_BYTES) * tileBytes + ((4 * h) % TILE_BYTES);
      for (let j = 0; j < inputs; j++) callback(W, h * inputs + j, (column + j * stride) / 4);
      callback(b, h, biases / 4 + h);
    }
  }
}
