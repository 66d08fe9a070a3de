import { decodeSafetensors, type Network, parameterCount, type Tensor, tensorPlaces } from '@micronn/core';

/** A file without a network for this site; the message is one sentence. */
export class ModelFileError extends Error {
  readonly code = 'MODEL_FILE';
  override readonly name = 'ModelFileError';
}

/** Inputs and outputs of a network for drawings. */
const INPUTS = 784;
const CLASSES = 10;

/**
 * The network of the tensors W1, b1, W2, b2, …; ignores other tensors, as a velocity.
 *
 * @throws ModelFileError if a tensor is missing, the shapes do not match, or the network is not for digits
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
