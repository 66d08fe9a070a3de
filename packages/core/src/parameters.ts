import { assertLayers, assertParameters, type Layers, layersParameterCount } from './shapes.ts';

/**
 * The parameters of a network are one flat vector. Its canonical order, for hashes and files: layer by
 * layer, the weights W row by row (outputs × inputs), then the biases b.
 */

/** One named tensor of the flat vector: W1, b1, W2, b2, … */
export interface TensorPlace {
  readonly name: string;
  /** (outputs, inputs) for weights, (outputs) for biases. */
  readonly shape: readonly number[];
  /** Where it begins in the flat vector, in values. */
  readonly offset: number;
  readonly length: number;
}

/** The weights and biases of one layer as views on the flat vector: writing to them writes to it. */
export interface LayerView<Values extends Float64Array | Float32Array = Float64Array> {
  readonly inputs: number;
  readonly outputs: number;
  readonly W: Values;
  readonly b: Values;
}

/** A network: its layer sizes and its parameters. Plain values, nothing hidden. */
export interface Network {
  readonly layers: Layers;
  readonly parameters: Float64Array;
}

/**
 * Σ (inputs + 1) · outputs over the layers: 784-10-10 has 7,960.
 *
 * @throws ShapeError for layers that are none, and for more than 2²⁹ parameters
 */
export function parameterCount(layers: Layers): number {
  return layersParameterCount('parameterCount', layers);
}

/** Names, shapes and places of W1, b1, W2, b2, … in the flat vector, in canonical order. */
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
 * The flat vector seen layer by layer.
 *
 * @throws ShapeError when the vector's length is not that of the layers
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

/** The parameters as little-endian float32 in canonical order: what hashes and files hold. */
export function parameterBytes(parameters: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parameters.length * 4);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < parameters.length; k++) view.setFloat32(k * 4, parameters[k]!, true);
  return bytes;
}

/** The values that {@link parameterBytes} made such bytes of. */
export function float32Values(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / 4);
  for (let k = 0; k < values.length; k++) values[k] = view.getFloat32(k * 4, true);
  return values;
}
