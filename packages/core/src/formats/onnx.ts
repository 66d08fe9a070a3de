import { float32Values, type Network, parameterBytes, parameterCount, tensorPlaces } from '../parameters.ts';
import { assertOneOf, assertParameters } from '../shapes.ts';
import type { Failure, FailureOptions } from './failure.ts';
import { float32Fault, shownName, shownValue, textsFault } from './json-text.ts';
import {
  bytesField,
  type Field,
  joined,
  type Message,
  messageField,
  readFields,
  textField,
  wholeField,
} from './protobuf.ts';

export { ShapeError } from '../shapes.ts';

/**
 * ONNX: the network as a graph Gemm–Relu–…–Gemm–Softmax that other programs can run, encoded in protocol buffers.
 *
 * Source: https://github.com/onnx/onnx, onnx/onnx.proto (which defines the field numbers below) and
 * docs/Operators.md. IR version 8, operator set 13, float32 only.
 */

/**
 * Where pixels from 0 to 255 are divided by 255: inside the model, whose input is then called `pixels`, or outside, by
 * the caller of a model whose input is called `x`.
 */
export type PixelScale = 'inside' | 'outside';

/** All pixel scales. */
export const pixelScales: readonly PixelScale[] = ['inside', 'outside'];

/** The contents of a file. */
export interface OnnxModel {
  readonly network: Network;
  readonly scale: PixelScale;
  /** Any Unicode text under any keys; the key `scale` is reserved. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file that {@link encodeOnnx} did not write, or contents that it cannot write. The message is one sentence. */
export class OnnxError extends Error {
  readonly code = 'ONNX';
  override readonly name = 'OnnxError';
  /** `unsupported` for a whole model that is not read. */
  readonly failure: Failure;

  constructor(message: string, { failure = 'damaged', ...options }: FailureOptions = {}) {
    super(message, options);
    this.failure = failure;
  }
}

const IR_VERSION = 8;
const OPERATOR_SET = 13;
const LARGEST_PIXEL = 255;
const SCALE = 'scale';

/** TensorProto.DataType. */
const FLOAT = 1;
/** AttributeProto.AttributeType. */
const INT = 2;

/** The fields that both reading and writing use. */
const MODEL = { graph: 7, metadata: 14 } as const;
const GRAPH = { initializer: 5 } as const;
const TENSOR = { dims: 1, name: 8, rawData: 9 } as const;
const ENTRY = { key: 1, value: 2 } as const;

/**
 * Writes a network of any depth: for l = 1 … L, z_l = a_(l−1)·W_lᵀ + b_l (Gemm) and a_l = relu(z_l) (Relu), and
 * finally probabilities = softmax(z_L) (Softmax).
 *
 * Shapes: the input is (batch, D) and the output `probabilities` (batch, C) for any batch size; W_l is
 * (outputs, inputs) as in {@link tensorPlaces}. With scale `inside`, the graph begins with x = pixels / 255 (Div). The
 * file's metadata names the scale.
 *
 * @throws ShapeError when the parameters do not match the layers, or the scale is unknown
 * @throws OnnxError when a parameter is not finite, or exceeds float32's range, or metadata is not an object of Unicode
 *   strings
 */
export function encodeOnnx({ network, scale, metadata }: OnnxModel): Uint8Array<ArrayBuffer> {
  const { layers, parameters } = network;
  assertParameters('encodeOnnx', parameters, layers);
  assertOneOf('encodeOnnx', SCALE, scale, pixelScales);
  const fault = float32Fault(network) ?? textsFault('metadata', metadata) ?? unicodeFault(metadata);
  if (fault !== undefined) throw new OnnxError(`expected ${fault}`);
  const inside = scale === 'inside';
  const last = layers.length - 1;

  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  if (inside) {
    nodes.push(node('Div', ['pixels', 'largest'], 'x'));
    initializers.push(initializer('largest', [], Float32Array.of(LARGEST_PIXEL)));
  }
  for (let l = 1; l <= last; l++) {
    nodes.push(node('Gemm', [l === 1 ? 'x' : `a${l - 1}`, `W${l}`, `b${l}`], `z${l}`, { transB: 1 }));
    nodes.push(
      l < last ? node('Relu', [`z${l}`], `a${l}`) : node('Softmax', [`z${l}`], 'probabilities', { axis: 1 }),
    );
  }
  for (const { name, shape, offset, length } of tensorPlaces(layers)) {
    initializers.push(initializer(name, shape, parameters.subarray(offset, offset + length)));
  }
  const input = inside
    ? value('pixels', layers[0]!, 'Pixels from 0 to 255, row by row; the model divides them by 255.')
    : value('x', layers[0]!, 'Pixels divided by 255, from 0 to 1, row by row.');
  const output = value('probabilities', layers[last]!, 'A probability for each class.');
  const graph: Message = [
    ...nodes,
    textField(2, 'micronn'),
    ...initializers,
    messageField(11, input),
    messageField(12, output),
  ];
  return joined([
    wholeField(1, IR_VERSION),
    textField(2, 'micronn'),
    messageField(MODEL.graph, graph),
    messageField(8, [textField(1, ''), wholeField(2, OPERATOR_SET)]),
    ...[[SCALE, scale] as const, ...Object.entries(metadata).filter(([key]) => key !== SCALE)].map(
      ([key, text]) =>
        messageField(MODEL.metadata, [textField(ENTRY.key, key), textField(ENTRY.value, text)]),
    ),
  ]);
}

/** Finds half of a surrogate pair, which UTF-8 cannot represent. */
function unicodeFault(metadata: OnnxModel['metadata']): string | undefined {
  const wrong = Object.entries(metadata).find((entry) => entry.some((text) => /\p{Surrogate}/u.test(text)));
  return wrong && `metadata.${shownName(wrong[0])} to be Unicode text, got ${shownValue(wrong[1])}`;
}

/**
 * Reads a model that {@link encodeOnnx} wrote, and no other: the decoded model is encoded again, and the bytes must be
 * the same.
 *
 * @throws OnnxError for the first error in the file
 */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  const model = messageOf(bytes);
  const entries = messagesAt(model, MODEL.metadata).map((entry) => [
    textAt(entry, ENTRY.key),
    textAt(entry, ENTRY.value),
  ]);
  const { [SCALE]: named, ...metadata } = Object.fromEntries(entries) as Record<string, string>;
  const scale = pixelScales.find((known) => known === named);
  if (!scale) {
    throw new OnnxError(
      `expected a model of MicroNN, whose metadata has a scale, ${pixelScales.join(' or ')}, found none`,
    );
  }
  const tensors = messagesAt(model, MODEL.graph).flatMap((graph) => messagesAt(graph, GRAPH.initializer));
  const decoded = { network: networkOf(tensors), scale, metadata };
  const again = encodeOnnx(decoded);
  const differs = again.findIndex((byte, i) => byte !== bytes[i]);
  if (differs >= 0 || again.length !== bytes.length) {
    const at = differs >= 0 ? differs : again.length;
    throw new OnnxError(`expected a model as MicroNN writes it, got one that differs from byte ${at} on`);
  }
  return decoded;
}

/** The layers and parameters in the initializers W and b. The caller compares the rest of the file. */
function networkOf(tensors: readonly Field[][]): Network {
  const found = new Map<string, { shape: number[]; raw: Uint8Array }>();
  for (const tensor of tensors) {
    const shape = tensor.filter(({ field }) => field === TENSOR.dims).map(({ value: size }) => Number(size));
    found.set(textAt(tensor, TENSOR.name), { shape, raw: bytesAt(tensor, TENSOR.rawData) });
  }
  const layers: number[] = [];
  for (let l = 1; found.has(`W${l}`); l++) {
    const [outputs = 0, inputs = 0] = found.get(`W${l}`)!.shape;
    if (l === 1) layers.push(inputs);
    layers.push(outputs);
  }
  if (layers.length === 0 || layers.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw new OnnxError('expected weights W1, W2, …, each a matrix (outputs, inputs), found others or none');
  }
  // This check precedes the allocation, because a shape in a damaged file may be arbitrarily large.
  for (const { name, length } of tensorPlaces(layers)) {
    const got = found.get(name)?.raw.length ?? 0;
    if (got !== length * 4) {
      throw new OnnxError(`expected tensor ${name} of ${length * 4} bytes, got ${got}`);
    }
  }
  const parameters = new Float64Array(parameterCount(layers));
  for (const { name, offset } of tensorPlaces(layers)) {
    parameters.set(float32Values(found.get(name)!.raw), offset);
  }
  return { layers, parameters };
}

/** NodeProto. */
function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): Uint8Array {
  return messageField(1, [
    ...inputs.map((input) => textField(1, input)),
    textField(2, output),
    textField(4, operator),
    ...Object.entries(attributes).map(([name, whole]) =>
      messageField(5, [textField(1, name), wholeField(3, whole), wholeField(20, INT)]),
    ),
  ]);
}

/** TensorProto. */
function initializer(name: string, shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  return messageField(GRAPH.initializer, [
    ...shape.map((size) => wholeField(TENSOR.dims, size)),
    wholeField(2, FLOAT),
    textField(TENSOR.name, name),
    bytesField(TENSOR.rawData, parameterBytes(values)),
  ]);
}

/** ValueInfoProto: float32 of shape (batch, size). */
function value(name: string, size: number, meaning: string): Message {
  const shape = [messageField(1, [textField(2, 'batch')]), messageField(1, [wholeField(1, size)])];
  const type = [messageField(1, [wholeField(1, FLOAT), messageField(2, shape)])];
  return [textField(1, name), messageField(2, type), textField(3, meaning)];
}

function messageOf(bytes: Field['value']): Field[] {
  const fields = typeof bytes === 'number' ? undefined : readFields(bytes);
  if (!fields) throw new OnnxError('expected an ONNX model, got something else, or one that is cut off');
  return fields;
}

function messagesAt(fields: readonly Field[], wanted: number): Field[][] {
  return fields.filter(({ field }) => field === wanted).map(({ value: bytes }) => messageOf(bytes));
}

function bytesAt(fields: readonly Field[], wanted: number): Uint8Array {
  const bytes = fields.find(({ field }) => field === wanted)?.value;
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(0);
}

function textAt(fields: readonly Field[], wanted: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesAt(fields, wanted));
}
