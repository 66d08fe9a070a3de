import { assertLayers, assertParameters, type Layers, layersParameterCount } from './shapes.ts';

/**
 * The parameters of a network are one flat vector in canonical order, which hashes and files use: layer by layer,
 * the weights W row by row (outputs × inputs), then the biases b.
 */

/** One named tensor of the flat vector: W1, b1, W2, b2, … */
export interface TensorPlace {
  readonly name: string;
  /** (outputs, inputs) for weights, (outputs) for biases. */
  readonly shape: readonly number[];
  /** Index of the first value in the flat vector. */
  readonly offset: number;
  readonly length: number;
}

/** The weights and biases of one layer as views on the flat vector: a write to a view changes the vector. */
export interface LayerView<Values extends Float64Array | Float32Array = Float64Array> {
  readonly inputs: number;
  readonly outputs: number;
  readonly W: Values;
  readonly b: Values;
}

/** A network as plain data: its layer sizes and its parameters. */
export interface Network {
  readonly layers: Layers;
  readonly parameters: Float64Array;
}

/**
 * Σ (inputs + 1) · outputs over the layers: 784-10-10 has 7,960.
 *
 * @throws ShapeError if the layers are invalid, or for more than 2²⁹ parameters
 */
export function parameterCount(layers: Layers): number {
  return layersParameterCount('parameterCount', layers);
}

/** Names, shapes and offsets of W1, b1, W2, b2, … in the flat vector, in canonical order. */
export function tensorPlaces(layers: Layers): TensorPlace[] {
  assertLayers('tensorPlaces', layers);
  const places: TensorPlace[] = [];
  let offset = 0;
  for (let l = 1; l < layers.length; l++) {
    const inputs = layers[l - 1]!;
    const outputs = layers[l]!;
    places.push({ name: `W${l}`, shape: [outputs, inputs], offset, length: outputs * inputs });
    offset += outputs * inputs;
    places.push({ name: `b${l}`, shape: [outputs], offset, length: outputs });
    offset += outputs;
  }
  return places;
}

/**
 * Views on the flat vector, one pair of W and b per layer.
 *
 * @throws ShapeError when the vector's length does not match the layers
 */
export function layerViews<Values extends Float64Array | Float32Array>(
  parameters: Values,
  layers: Layers,
): LayerView<Values>[] {
  assertParameters('layerViews', parameters, layers);
  const views: LayerView<Values>[] = [];
  let offset = 0;
  const take = (length: number): Values => {
    const view = parameters.subarray(offset, offset + length) as Values;
    offset += length;
    return view;
  };
  for (let l = 1; l < layers.length; l++) {
    const inputs = layers[l - 1]!;
    const outputs = layers[l]!;
    views.push({ inputs, outputs, W: take(outputs * inputs), b: take(outputs) });
  }
  return views;
}

/** The parameters as little-endian float32 in canonical order: the bytes of hashes and files. */
export function parameterBytes(parameters: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  return littleEndian(new Uint8Array(new Float32Array(parameters).buffer));
}

/** The inverse of {@link parameterBytes}: the float32 values of these bytes. */
export function float32Values(bytes: Uint8Array): Float32Array {
  return new Float32Array(littleEndian(new Uint8Array(bytes)).buffer);
}

const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** Reverses the bytes of each number in place, on a machine that stores the highest byte first. */
function littleEndian(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (isBigEndian) for (let k = 0; k < bytes.length; k += 4) bytes.subarray(k, k + 4).reverse();
  return bytes;
}
