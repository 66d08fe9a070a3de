import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  decodeSafetensors,
  type Network,
  parameterBytes,
  parameterCount,
  SafetensorsError,
  type Tensor,
  tensorPlaces,
} from '@micronn/core';
import { MicronnError, systemCode } from '../errors.ts';
import { assertSealed, isSealed } from './seal.ts';

/** Where a run stands: the model and all that it takes to go on. */
export const LAST_MODEL = 'last.safetensors';
/** Where it stood one checkpoint earlier. */
export const PREVIOUS_MODEL = 'previous.safetensors';
/** The model with the lowest validation loss, or, without validation, the lowest training loss. */
export const BEST_MODEL = 'best.safetensors';

/** Before the names of the velocity's tensors: velocity.W1, velocity.b1, … */
const VELOCITY = 'velocity.';

/** SHA-256 of the parameters as little-endian float32 in canonical order. */
export function parametersSha256(parameters: Float64Array): string {
  return createHash('sha256').update(parameterBytes(parameters)).digest('hex');
}

/** A network as its file holds it. */
export interface SavedModel extends Network {
  /** Of length 0 when the file has none. */
  readonly velocity: Float64Array;
  readonly metadata: Readonly<Record<string, string>>;
}

/** W1, b1, W2, b2, …, as float32, and the velocity's tensors after them. */
export function modelTensors(
  { layers, parameters }: Network,
  velocity: Float64Array = new Float64Array(0),
): Map<string, Tensor> {
  const vectors: [string, Float64Array][] = [['', parameters]];
  if (velocity.length > 0) vectors.push([VELOCITY, velocity]);
  return new Map(
    vectors.flatMap(([prefix, vector]) =>
      tensorPlaces(layers).map(({ name, shape, offset, length }): [string, Tensor] => [
        prefix + name,
        { shape, values: Float32Array.from(vector.subarray(offset, offset + length)) },
      ]),
    ),
  );
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
    const { layers, parameters } = decodeModel(bytes);
    return { layers, parameters, file };
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new MicronnError('MODEL_DAMAGED', cause.message, { file }, { cause });
  }
}

/**
 * Reads a model strictly; where it has checksums, they must agree.
 *
 * @throws SafetensorsError with the first thing that is wrong
 */
export function decodeModel(bytes: Uint8Array): SavedModel {
  if (isSealed(bytes)) assertSealed(bytes);
  const { tensors, metadata } = decodeSafetensors(bytes);
  // A checkpoint is always sealed: without, the very byte that says so is damaged.
  if (metadata['position'] !== undefined) assertSealed(bytes);
  const layers = layersOf(tensors);
  const parameters = vectorOf(tensors, layers, '');
  const hasVelocity = [...tensors.keys()].some((name) => name.startsWith(VELOCITY));
  const velocity = hasVelocity ? vectorOf(tensors, layers, VELOCITY) : new Float64Array(0);
  const sha256 = parametersSha256(parameters);
  if (metadata['parametersSha256'] !== undefined && metadata['parametersSha256'] !== sha256) {
    throw new SafetensorsError(
      `expected parameters with SHA-256 ${metadata['parametersSha256']}, got ${sha256}`,
    );
  }
  return { layers, parameters, velocity, metadata };
}

function vectorOf(
  tensors: ReadonlyMap<string, Tensor>,
  layers: readonly number[],
  prefix: string,
): Float64Array {
  const vector = new Float64Array(parameterCount(layers));
  for (const { name, shape, offset } of tensorPlaces(layers)) {
    const tensor = tensors.get(prefix + name);
    if (!tensor) throw new SafetensorsError(`expected a tensor ${prefix}${name}, found none`);
    if (tensor.shape.join() !== shape.join()) {
      throw new SafetensorsError(
        `expected tensor ${prefix}${name} of shape [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`,
      );
    }
    vector.set(tensor.values, offset);
  }
  return vector;
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
  const names = [...tensors.keys()].filter((name) => !name.startsWith(VELOCITY));
  if (names.length !== needed) {
    throw new SafetensorsError(
      `expected ${needed} tensors for ${layers.length - 1} layers, got ${names.join(', ')}`,
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
