import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Network,
  parameterBytes,
  parameterCount,
  SafetensorsError,
  type Tensor,
  tensorPlaces,
} from '@micronn/core';
import { MicronnError, systemCode } from '../errors.ts';
import { writeWhole } from '../files/write-whole.ts';

/** The model that training ended with. */
export const LAST_MODEL = 'last.safetensors';

/** SHA-256 of the parameters as little-endian float32 in canonical order. */
export function parametersSha256(parameters: Float64Array): string {
  return createHash('sha256').update(parameterBytes(parameters)).digest('hex');
}

/** Saves W1, b1, W2, b2, … as float32, with the run's configuration in the metadata. */
export async function saveModel(
  file: string,
  { layers, parameters }: Network,
  configuration: unknown,
  epoch: number,
): Promise<void> {
  const tensors = new Map<string, Tensor>(
    tensorPlaces(layers).map(({ name, shape, offset, length }) => [
      name,
      { shape, values: Float32Array.from(parameters.subarray(offset, offset + length)) },
    ]),
  );
  const metadata = {
    layers: layers.join(','),
    epoch: String(epoch),
    configuration: JSON.stringify(configuration),
    parametersSha256: parametersSha256(parameters),
  };
  await writeWhole(file, encodeSafetensors({ tensors, metadata }));
}

/**
 * Loads a model: a safetensors file, or the last model of a run folder.
 *
 * @throws MicronnError (exit code 6) when there is none, or it is damaged
 */
export async function loadModel(typed: string): Promise<Network & { readonly file: string }> {
  const file = (await isFolder(typed)) ? path.join(typed, LAST_MODEL) : typed;
  const bytes = await readFile(file).catch((cause: unknown) => {
    const found = systemCode(cause) === 'ENOENT' ? 'found nothing' : 'could not read it';
    throw new MicronnError(
      'MODEL_NOT_FOUND',
      `expected a model, a .safetensors file or a run folder, ${found}`,
      { file },
      { cause },
    );
  });
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const layers = layersOf(tensors);
    const parameters = new Float64Array(parameterCount(layers));
    for (const { name, shape, offset } of tensorPlaces(layers)) {
      const tensor = tensors.get(name);
      if (!tensor) throw new SafetensorsError(`expected a tensor ${name}, found none`);
      if (tensor.shape.join() !== shape.join()) {
        throw new SafetensorsError(
          `expected tensor ${name} of shape [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`,
        );
      }
      parameters.set(tensor.values, offset);
    }
    const sha256 = parametersSha256(parameters);
    if (metadata['parametersSha256'] !== undefined && metadata['parametersSha256'] !== sha256) {
      throw new SafetensorsError(
        `expected parameters with SHA-256 ${metadata['parametersSha256']}, got ${sha256}`,
      );
    }
    return { layers, parameters, file };
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new MicronnError('MODEL_DAMAGED', cause.message, { file }, { cause });
  }
}

/** The layer sizes as the weights tell them: W1 is (H, D), W2 is (C, H). */
function layersOf(tensors: ReadonlyMap<string, Tensor>): number[] {
  const layers: number[] = [];
  for (let l = 1; tensors.has(`W${l}`); l++) {
    const { shape } = tensors.get(`W${l}`)!;
    const [outputs, inputs] = shape;
    if (shape.length !== 2 || !inputs || !outputs) {
      throw new SafetensorsError(
        `expected tensor W${l} to be a matrix (outputs, inputs), got shape [${shape.join(', ')}]`,
      );
    }
    if (l === 1) layers.push(inputs);
    layers.push(outputs);
  }
  if (layers.length === 0) throw new SafetensorsError('expected tensors W1, b1, W2, b2, …, found no W1');
  const needed = 2 * (layers.length - 1);
  if (tensors.size !== needed) {
    throw new SafetensorsError(
      `expected ${needed} tensors for ${layers.length - 1} layers, got ${[...tensors.keys()].join(', ')}`,
    );
  }
  return layers;
}

async function isFolder(typed: string): Promise<boolean> {
  return stat(typed).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
