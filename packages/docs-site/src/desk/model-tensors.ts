import { decodeSafetensors, type Network, parameterCount, type Tensor, tensorPlaces } from '@micronn/core';

/** A file that holds no network for this site, in one sentence. */
export class ModelFileError extends Error {
  readonly code = 'MODEL_FILE';
  override readonly name = 'ModelFileError';
}

/** Pixels in, classes out: what a drawing needs. */
const INPUTS = 784;
const CLASSES = 10;

/**
 * The network of the tensors W1, b1, W2, b2, …; others, as a velocity, are left aside.
 *
 * @throws ModelFileError when one is missing, has another shape than those beside it, or does not read digits
 */
export function networkOfTensors(tensors: ReadonlyMap<string, Tensor>): Network {
  const layers: number[] = [];
  for (let l = 1; tensors.has(`W${l}`); l++) {
    const { shape } = tensors.get(`W${l}`)!;
    if (shape.length !== 2) {
      throw new ModelFileError(`expected W${l} to have rows and columns, got shape (${shape.join(', ')})`);
    }
    if (l === 1) layers.push(shape[1]!);
    layers.push(shape[0]!);
  }
  if (layers.length === 0) throw new ModelFileError(`expected a tensor W1, got ${list(tensors.keys())}`);
  if (layers[0] !== INPUTS || layers.at(-1) !== CLASSES) {
    throw new ModelFileError(
      `expected a network from ${INPUTS} pixels to ${CLASSES} digits, got ${layers.join(' → ')}`,
    );
  }
  const parameters = new Float64Array(parameterCount(layers));
  for (const { name, shape, offset, length } of tensorPlaces(layers)) {
    const tensor = tensors.get(name);
    if (!tensor) throw new ModelFileError(`expected a tensor ${name}, got ${list(tensors.keys())}`);
    if (tensor.values.length !== length) {
      throw new ModelFileError(
        `expected ${name} to have the shape (${shape.join(', ')}), got (${tensor.shape.join(', ')})`,
      );
    }
    const wrong = tensor.values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new ModelFileError(
        `expected finite numbers, got ${tensor.values[wrong]} in ${name}, place ${wrong}`,
      );
    }
    parameters.set(tensor.values, offset);
  }
  return { layers, parameters };
}

/** The network in a safetensors file. */
export function networkOfSafetensors(bytes: Uint8Array): Network {
  return networkOfTensors(decodeSafetensors(bytes).tensors);
}

function list(names: Iterable<string>): string {
  const all = [...names];
  return all.length === 0 ? 'none' : all.slice(0, 6).join(', ');
}
