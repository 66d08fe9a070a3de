import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
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
import { ModelJsonError, parseModel } from '@micronn/core/json';
import { decodeOnnx, OnnxError } from '@micronn/core/onnx';
import { MicronnError } from '../errors.ts';
import { readInput } from '../files/read-input.ts';
import { LAST_MODEL } from './file-names.ts';
import { assertSealed, isSealed } from './seal.ts';

/** The prefix of the velocity's tensors: velocity.W1, velocity.b1, … */
const VELOCITY = 'velocity.';

/** SHA-256 of the parameters as little-endian float32 in canonical order. */
export function parametersSha256(parameters: Float64Array): string {
  return createHash('sha256').update(parameterBytes(parameters)).digest('hex');
}

/** A network as read from a file. */
export interface SavedModel extends Network {
  /** Of length 0 if the file has no velocity. */
  readonly velocity: Float64Array;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The tensors W1, b1, W2, b2, … as float32, followed by those of the velocity. */
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
        { shape, values: new Float32Array(vector.subarray(offset, offset + length)) },
      ]),
    ),
  );
}

/** The largest file of a model: a WebAssembly memory of 4 GiB has no room for the parameters of a larger one. */
export const MOST_MODEL_BYTES = 2 ** 31;

/** How a model is loaded. */
export interface LoadOptions {
  /** Which model of a run folder. */
  readonly inFolder?: string;
  /** Ends the waiting for a pipe. */
  readonly signal?: AbortSignal;
}

/**
 * Loads a model: a safetensors, ONNX or JSON file, according to its extension, or a model of a run folder. A pipe has no
 * extension; its first bytes say what it is.
 *
 * @throws MicronnError (exit code 6) when the model is missing or damaged
 */
export async function loadModel(
  typed: string,
  { inFolder = LAST_MODEL, signal }: LoadOptions = {},
): Promise<SavedModel & { readonly file: string }> {
  const file = (await isFolder(typed)) ? path.join(typed, inFolder) : typed;
  const bytes = await readInput(file, {
    mostBytes: MOST_MODEL_BYTES,
    signal,
    checkStart: (start) => void formatOf(file, start),
  }).catch((cause: unknown) => {
    if (cause instanceof SafetensorsError) throw damaged(file, cause);
    if (!(cause instanceof MicronnError) || cause.code === 'INTERRUPTED') throw cause;
    const sentence =
      cause.code === 'DATA_NOT_FOUND'
        ? 'model not found: expected a .safetensors, .onnx or .json file, or a run folder'
        : `cannot read the model: ${cause.sentence}`;
    throw new MicronnError('MODEL_NOT_FOUND', sentence, { file }, { cause });
  });
  try {
    const model = decodeFile(file, bytes);
    assertFinite(model);
    return { ...model, file };
  } catch (cause) {
    if (!isFormatError(cause)) throw cause;
    throw damaged(file, cause);
  }
}

function damaged(file: string, cause: Error): MicronnError {
  return new MicronnError('MODEL_DAMAGED', cause.message, { file }, { cause });
}

function decodeFile(file: string, bytes: Uint8Array): SavedModel {
  switch (formatOf(file, bytes)) {
    case '.onnx':
      return ofNetwork(decodeOnnx(bytes));
    case '.json':
      return ofNetwork(parseModel(utf8(bytes)));
    case '.safetensors':
      return decodeModel(bytes);
  }
}

/**
 * The format that the extension names, or, without an extension, the first bytes: the brace of JSON, the length and the
 * brace of safetensors, or the field of ONNX's version.
 *
 * @throws SafetensorsError when the format is unknown
 */
function formatOf(file: string, start: Uint8Array): '.onnx' | '.json' | '.safetensors' {
  const extension = path.extname(file).toLowerCase();
  switch (extension) {
    case '.onnx':
    case '.json':
    case '.safetensors':
      return extension;
    case '':
      if (start[8] === 0x7b) return '.safetensors';
      if (start[0] === 0x7b) return '.json';
      if (start[0] === 0x08) return '.onnx';
  }
  throw new SafetensorsError('unknown model format: expected a .safetensors, .onnx or .json file');
}

function ofNetwork({ network, metadata }: Pick<SavedModel, 'metadata'> & { network: Network }): SavedModel {
  assertSameParameters(metadata, network.parameters);
  return { ...network, velocity: new Float64Array(0), metadata };
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ModelJsonError('expected a model in JSON, but the file is not UTF-8 text', { cause });
  }
}

function isFormatError(cause: unknown): cause is Error {
  return [SafetensorsError, OnnxError, ModelJsonError].some((kind) => cause instanceof kind);
}

/** A model with a NaN would seem to work, and predict the same digit for every image. */
function assertFinite({ layers, parameters }: Network): void {
  const wrong = parameters.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  const { name } = tensorPlaces(layers).find(({ offset, length }) => wrong < offset + length)!;
  throw new SafetensorsError(`expected finite parameters, got ${parameters[wrong]} in ${name}`);
}

function assertSameParameters(metadata: SavedModel['metadata'], parameters: Float64Array): void {
  const sha256 = parametersSha256(parameters);
  const expected = metadata['parametersSha256'] ?? sha256;
  if (expected !== sha256) {
    throw new SafetensorsError(
      `expected parameters with SHA-256 ${JSON.stringify(expected.slice(0, 64)).slice(1, -1)}, got ${sha256}`,
    );
  }
}

/**
 * Reads a safetensors model strictly; its checksums, if any, must match.
 *
 * @throws SafetensorsError with the first thing that is wrong
 */
export function decodeModel(bytes: Uint8Array): SavedModel {
  if (isSealed(bytes)) assertSealed(bytes);
  const { tensors, metadata } = decodeSafetensors(bytes);
  // A checkpoint is always sealed: if it seems not to be, the seal itself is damaged.
  if (metadata['position'] !== undefined) assertSealed(bytes);
  const layers = layersOf(tensors);
  const parameters = vectorOf(tensors, layers, '');
  const hasVelocity = [...tensors.keys()].some((name) => name.startsWith(VELOCITY));
  const velocity = hasVelocity ? vectorOf(tensors, layers, VELOCITY) : new Float64Array(0);
  assertSameParameters(metadata, parameters);
  return { layers, parameters, velocity, metadata };
}

function vectorOf(
  tensors: ReadonlyMap<string, Tensor>,
  layers: readonly number[],
  prefix: string,
): Float64Array {
  const places = tensorPlaces(layers);
  // Checked before memory is allocated: the shapes of two matrices can imply a huge third one.
  for (const { name, shape } of places) {
    const tensor = tensors.get(prefix + name);
    if (!tensor) throw new SafetensorsError(`tensor ${prefix}${name} is missing`);
    if (tensor.shape.join() !== shape.join()) {
      throw new SafetensorsError(
        `expected tensor ${prefix}${name} of shape [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`,
      );
    }
  }
  const vector = new Float64Array(parameterCount(layers));
  for (const { name, offset } of places) vector.set(tensors.get(prefix + name)!.values, offset);
  return vector;
}

/** The layer sizes, from the shapes of the weights: W1 is (H, D), W2 is (C, H). */
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
  if (layers.length === 0) throw new SafetensorsError('tensor W1 is missing: expected W1, b1, W2, b2, …');
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
