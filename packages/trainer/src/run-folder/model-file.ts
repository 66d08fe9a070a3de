import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  decodeSafetensors,
  type Network,
  parameterBytes,
  parameterCount,
  type Safetensors,
  SafetensorsError,
  ShapeError,
  type Tensor,
  tensorPlaces,
} from '@micronn/core';
import { ModelJsonError, parseModel } from '@micronn/core/json';
import { decodeOnnx, OnnxError } from '@micronn/core/onnx';
import { type Failure, networkOfTensors, readOnnx } from '@micronn/core/other-models';
import { MicronnError } from '../errors.ts';
import { isThere } from '../files/is-there.ts';
import { readInput } from '../files/read-input.ts';
import { LAST_MODEL } from './file-names.ts';
import { assertModelFile, jsonKind, TENSORFLOW_MODEL, tensorflowKind } from './model-kinds.ts';
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
  /** `unit` if the inputs are from 0 to 1, as MicroNN's are; `unknown` if the file of another program does not say it. */
  readonly inputScale: 'unit' | 'unknown';
  /** What was understood of another program's file, as `ONNX · Flatten, Gemm, Relu, Gemm`; undefined for MicroNN's own. */
  readonly foreign?: string;
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
  /**
   * Whether another program's weights in safetensors are (inputs × outputs), as Keras and JAX have them; undefined to find
   * it out.
   */
  readonly transposed?: boolean | undefined;
  /** Ends the waiting for a pipe. */
  readonly signal?: AbortSignal;
}

/**
 * Loads a model: a safetensors, ONNX or JSON file, recognised by its content, or a model of a run folder. MicroNN's own
 * files are read strictly; those of other programs as {@link networkOfTensors} and {@link readOnnx} say, and their inputs
 * may have another scale ({@link SavedModel.inputScale}).
 *
 * @throws MicronnError (exit code 6) when the model is missing (MODEL_NOT_FOUND), damaged (MODEL_DAMAGED), whole but of a
 *   kind that is not read (MODEL_KIND), or leaves open how its weights lie (MODEL_AMBIGUOUS)
 */
export async function loadModel(
  typed: string,
  { inFolder = LAST_MODEL, signal, transposed }: LoadOptions = {},
): Promise<SavedModel & { readonly file: string }> {
  const isInFolder = await isFolder(typed);
  if (isInFolder && (await isThere(path.join(typed, TENSORFLOW_MODEL)))) {
    throw new MicronnError('MODEL_KIND', tensorflowKind, { file: typed });
  }
  const file = isInFolder ? path.join(typed, inFolder) : typed;
  const bytes = await readInput(file, {
    mostBytes: MOST_MODEL_BYTES,
    signal,
    checkStart: (start) => assertModelFile(file, start),
  }).catch((cause: unknown) => {
    if (!(cause instanceof MicronnError) || cause.code === 'INTERRUPTED' || cause.code === 'MODEL_KIND')
      throw cause;
    const sentence =
      cause.code === 'DATA_NOT_FOUND'
        ? 'model not found: expected a .safetensors, .onnx or .json file, or a run folder'
        : `cannot read the model: ${cause.sentence}`;
    throw new MicronnError('MODEL_NOT_FOUND', sentence, { file }, { cause });
  });
  try {
    const model = decodeFile(file, bytes, transposed);
    assertFinite(model);
    return { ...model, file };
  } catch (cause) {
    throw refused(file, cause);
  }
}

/** The error of the command line for that of a format; other errors stay as they are. */
function refused(file: string, cause: unknown): unknown {
  // A network with more parameters than core allows.
  if (cause instanceof ShapeError) return new MicronnError('MODEL_KIND', cause.message, { file }, { cause });
  if (!isFormatError(cause)) return cause;
  const failure = cause instanceof ModelJsonError ? 'damaged' : cause.failure;
  const advice =
    failure === 'ambiguous'
      ? ': say it with --transposed no for the first, or --transposed yes for the second'
      : '';
  return new MicronnError(failureCodes[failure], cause.message + advice, { file }, { cause });
}

const failureCodes = {
  damaged: 'MODEL_DAMAGED',
  unsupported: 'MODEL_KIND',
  ambiguous: 'MODEL_AMBIGUOUS',
} as const satisfies Record<Failure, string>;

function decodeFile(file: string, bytes: Uint8Array, transposed: boolean | undefined): SavedModel {
  switch (assertModelFile(file, bytes)) {
    case 'ONNX':
      return decodeAnyOnnx(bytes);
    case 'JSON':
      return decodeJson(file, utf8(bytes));
    case 'safetensors':
      return decodeTensors(bytes, transposed);
  }
}

/** A model as `export` wrote it, or another one, such as the same after another program has rewritten it. */
function decodeAnyOnnx(bytes: Uint8Array): SavedModel {
  try {
    return ofNetwork(decodeOnnx(bytes));
  } catch (cause) {
    // The general reader says better what is wrong with a file that MicroNN did not write.
    if (!(cause instanceof OnnxError)) throw cause;
  }
  const { network, metadata, isUnitScale, operators, types } = readOnnx(bytes);
  // MicroNN's own weights in a smaller type are no longer those of the checksum.
  if (types.every((type) => type === 'F32')) assertSameParameters(metadata, network.parameters);
  return {
    ...network,
    velocity: new Float64Array(0),
    metadata,
    inputScale: isUnitScale ? 'unit' : 'unknown',
    foreign: `ONNX · ${operators.slice(0, 20).join(', ')} · ${types.join(', ')}`,
  };
}

function decodeJson(file: string, text: string): SavedModel {
  try {
    return ofNetwork(parseModel(text));
  } catch (cause) {
    const kind = cause instanceof ModelJsonError ? jsonKind(text) : undefined;
    if (kind === undefined) throw cause;
    throw new MicronnError('MODEL_KIND', kind, { file }, { cause });
  }
}

/**
 * A safetensors file: MicroNN's own if it has a checksum, or the tensors W1, b1, W2, b2, … as MicroNN writes them; otherwise
 * another program's.
 */
function decodeTensors(bytes: Uint8Array, transposed: boolean | undefined): SavedModel {
  if (isSealed(bytes)) return decodeModel(bytes);
  const file = decodeSafetensors(bytes);
  const { tensors, metadata } = file;
  const isOurs = ['position', 'parametersSha256'].some((key) => metadata[key] !== undefined);
  if (isOurs || tensors.size === 0) return decodeModel(bytes);
  if (!tensors.has('W1') || transposed !== undefined) return otherNetwork(file, transposed);
  try {
    return decodeModel(bytes);
  } catch (cause) {
    // Programs in NumPy use the same names, often with transposed weights.
    try {
      return otherNetwork(file, transposed);
    } catch (other) {
      throw other instanceof SafetensorsError && other.failure === 'ambiguous' ? other : cause;
    }
  }
}

function otherNetwork(file: Safetensors, transposed: boolean | undefined): SavedModel {
  const found = networkOfTensors(file, { transposed });
  return {
    ...found.network,
    velocity: new Float64Array(0),
    metadata: file.metadata,
    inputScale: 'unknown',
    foreign: `safetensors · ${found.names.slice(0, 20).join(', ')} · weights (${found.transposed ? 'inputs × outputs' : 'outputs × inputs'})`,
  };
}

function ofNetwork({ network, metadata }: Pick<SavedModel, 'metadata'> & { network: Network }): SavedModel {
  assertSameParameters(metadata, network.parameters);
  return { ...network, velocity: new Float64Array(0), metadata, inputScale: 'unit' };
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ModelJsonError('expected a model in JSON, but the file is not UTF-8 text', { cause });
  }
}

function isFormatError(cause: unknown): cause is SafetensorsError | OnnxError | ModelJsonError {
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
  return { layers, parameters, velocity, metadata, inputScale: 'unit' };
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
