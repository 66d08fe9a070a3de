import { type Network, parameterCount } from '../parameters.ts';
import { foldAffine } from './input-scale.ts';
import { float32Fault, shownName, shownShape, shownValue } from './json-text.ts';
import { OnnxError } from './onnx.ts';
import { type Chain, keepsValues, keepValues, type Stage, sampleSize } from './onnx-chain.ts';
import { isStandard, type Node, readGraph } from './onnx-graph.ts';
import { type Constant, DATA_TYPES, UINT8, unsupported } from './onnx-tensors.ts';
import { transposeInto } from './tensor-network.ts';

/** The network in an ONNX model of another program. */

/** What was found. */
export interface OnnxNetwork {
  readonly network: Network;
  /** Whether the inputs are known to be from 0 to 1, or were brought to it; otherwise their scale is not known. */
  readonly isUnitScale: boolean;
  /** The operators of the chain, from the input to the output. */
  readonly operators: readonly string[];
  /** The data types of the weights, such as `F16`. */
  readonly types: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Operators that are read, as a sentence lists them. */
const READ =
  'Gemm, MatMul, Add, Sub, Mul, Div, Relu, Softmax, LogSoftmax, Flatten, Reshape, Cast, Dropout, Identity';
/** The largest byte, and half of it, by which models divide pixels. */
const PIXEL_DIVISORS = [255, 127.5];

/**
 * Reads a chain of fully connected layers: Gemm, or MatMul and Add, with Relu between them, and Softmax, LogSoftmax or
 * nothing at the end, in any data type and under any names. Weights are (inputs × outputs) or, with transB, transposed;
 * alpha and beta of Gemm are multiplied in. Flatten, Reshape, Squeeze, Unsqueeze, Cast, Dropout and Identity change
 * nothing. Constants that are added to the input or multiplied with it are folded into the first layer, in float64; a
 * division by 255 or 127.5, or an input of type uint8, shows that the inputs are bytes. What follows Softmax, such as
 * ArgMax and the labels of scikit-learn, is not read.
 *
 * The parameters are rounded to float32.
 *
 * Source: https://github.com/onnx/onnx, docs/Operators.md, operator sets 7 and later.
 *
 * @throws OnnxError whose `failure` is `unsupported` for a whole model that is something else
 */
export function readOnnx(bytes: Uint8Array): OnnxNetwork {
  const graph = readGraph(bytes);
  const { input, metadata: all, producer } = graph;
  const chain: Chain = {
    graph,
    stage: 'input',
    layers: [],
    values: new Set([input.name]),
    shape: input.shape,
    factor: Float64Array.of(1),
    shift: Float64Array.of(0),
    isPixels: input.type === UINT8,
    types: new Set(),
  };
  for (const node of graph.nodes) follow(chain, node);
  if (chain.layers.length === 0)
    throw unsupported('the graph has no Gemm and no MatMul with constant weights');
  if (chain.stage === 'relu') {
    throw unsupported(
      'a Relu follows the last layer: the outputs must be logits, or probabilities of Softmax',
    );
  }
  if (!graph.outputs.some((name) => chain.values.has(name))) {
    throw unsupported(
      `the output of the graph, ${shownName(graph.outputs[0] ?? '')}, is not that of the last layer`,
    );
  }
  const { scale, ...others } = all;
  const isOurs = producer === 'micronn' && scale !== undefined;
  const isKnown = chain.isPixels || (isOurs && scale === 'outside' && isUnchanged(chain));
  return {
    network: networkOf(chain),
    isUnitScale: isKnown,
    operators: graph.nodes.map(({ operator }) => operator),
    types: [...chain.types],
    metadata: isOurs ? others : all,
  };
}

function networkOf({ layers, factor, shift, isPixels }: Chain): Network {
  const sizes = [layers[0]!.inputs, ...layers.map(({ outputs }) => outputs)];
  const parameters = new Float64Array(parameterCount(sizes));
  let at = 0;
  for (const values of layers.flatMap(({ W, b }) => [W, b])) {
    parameters.set(values, at);
    at += values.length;
  }
  const network = { layers: sizes, parameters };
  const scaled = isPixels ? factor.map((value) => nearOne(255 * value)) : factor;
  const isFolded = scaled.some((value) => value !== 1) || shift.some((value) => value !== 0);
  const folded = isFolded ? foldAffine(network, scaled, shift) : network;
  const fault = float32Fault(folded);
  if (fault !== undefined) throw new OnnxError(`expected ${fault}`);
  return { layers: sizes, parameters: folded.parameters.map(Math.fround) };
}

/** 1 for a number that differs from it by float32's rounding of 1/255. */
function nearOne(value: number): number {
  return Math.abs(value - 1) < 1e-6 ? 1 : value;
}

function isUnchanged({ factor, shift }: Chain): boolean {
  return factor.every((value) => value === 1) && shift.every((value) => value === 0);
}

/** One node of the chain. */
function follow(chain: Chain, node: Node): void {
  const { graph, values } = chain;
  const data = node.inputs.filter(
    (name) => name !== '' && !graph.constants.has(name) && !graph.shapes.has(name),
  );
  const [read = ''] = data;
  if (!isRead(node, chain.stage)) {
    throw unsupported(`ONNX operator ${node.title} is not one of ${READ}`);
  }
  if (data.length > 1)
    throw unsupported(`ONNX operator ${node.title} joins two branches: the graph must be a chain`);
  if (!values.has(read)) {
    throw unsupported(
      `ONNX operator ${node.title} reads ${shownName(read)}, which is not the last value: the graph must be a chain`,
    );
  }
  const last = chain.stage === 'linear' ? read : undefined;
  apply(chain, node, read);
  const isDone = chain.stage === 'done';
  chain.values = new Set([
    ...(isDone ? chain.values : []),
    ...(isDone && last !== undefined ? [last] : []),
    ...(isDone ? node.outputs : node.outputs.slice(0, 1)),
  ]);
}

const computes = new Set([
  'MatMul',
  'Gemm',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Relu',
  'Softmax',
  'LogSoftmax',
  'ArgMax',
]);
/** Behind the probabilities. */
const labels = new Set(['ArgMax', 'Log', 'Softmax', 'LogSoftmax']);
/** scikit-learn's operators for the names of classes. */
const machineLearning = new Set(['ArrayFeatureExtractor', 'ZipMap', 'Normalizer', 'LabelEncoder']);

function isRead(node: Node, stage: Stage): boolean {
  const { operator } = node;
  if (!isStandard(node)) {
    return stage === 'done' && node.domain === 'ai.onnx.ml' && machineLearning.has(operator);
  }
  return keepsValues.has(operator) || (stage === 'done' ? labels : computes).has(operator);
}

function apply(chain: Chain, node: Node, read: string): void {
  if (chain.stage === 'done') {
    if (node.operator === 'ArrayFeatureExtractor') assertPlainLabels(chain, node);
    return;
  }
  switch (node.operator) {
    case 'MatMul':
    case 'Gemm':
      addLayer(chain, node, read);
      break;
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      addConstant(chain, node, read);
      break;
    case 'Relu':
      if (chain.stage === 'input')
        throw unsupported(`ONNX operator ${node.title} stands before the first layer`);
      chain.stage = 'relu';
      break;
    case 'Softmax':
    case 'LogSoftmax':
    case 'ArgMax':
      finish(chain, node);
      break;
    default:
      keepValues(chain, node);
  }
}

function finish(chain: Chain, { operator, title, attributes }: Node): void {
  if (chain.stage !== 'linear') throw unsupported(`ONNX operator ${title} does not follow a layer`);
  const axis = attributes.get('axis')?.whole;
  const given = axis ?? (operator === 'ArgMax' ? 0 : 1);
  if (given !== 1 && given !== -1) {
    throw unsupported(`ONNX operator ${title} has axis ${given}: the axis of the classes, 1 or -1, is read`);
  }
  chain.stage = 'done';
}

/** The labels of scikit-learn's classes are those that MicroNN gives to outputs without names. */
function assertPlainLabels({ graph }: Chain, { title, inputs }: Node): void {
  const classes = inputs.map((name) => graph.constants.get(name)).find((constant) => constant !== undefined);
  if (classes?.().values.some((label, k) => label !== k)) {
    throw unsupported(`ONNX operator ${title} gives the outputs other labels than 0, 1, 2, …`);
  }
}

function addLayer(chain: Chain, node: Node, read: string): void {
  const { operator, title, attributes, inputs } = node;
  if (chain.stage === 'linear')
    throw unsupported(`ONNX operator ${title} follows a layer without a Relu between them`);
  const weights = chain.graph.constants.get(inputs[1] ?? '')?.();
  if (inputs[0] !== read || !weights) {
    throw unsupported(`ONNX operator ${title} multiplies the weights by the data: the data must come first`);
  }
  if (weights.shape.length !== 2 || weights.shape.includes(0)) {
    throw unsupported(
      `ONNX operator ${title} has weights of shape ${shownShape(weights.shape)}: a matrix is read`,
    );
  }
  const isGemm = operator === 'Gemm';
  if (isGemm && attributes.get('transA')?.whole) {
    throw unsupported(`ONNX operator ${title} has transA, which mixes samples`);
  }
  const isOutputsFirst = isGemm && Boolean(attributes.get('transB')?.whole);
  const [rows, columns] = weights.shape as [number, number];
  const [inputSize, outputs] = isOutputsFirst ? [columns, rows] : [rows, columns];
  const before = chain.layers.at(-1)?.outputs ?? (chain.shape && sampleSize(chain.shape));
  if (before !== undefined && before !== inputSize) {
    throw unsupported(`ONNX operator ${title} has weights for ${inputSize} inputs, and gets ${before}`);
  }
  if (chain.layers.length === 0) {
    assertInputs(chain, node, inputSize);
  }
  const W = new Float64Array(weights.values.length);
  if (isOutputsFirst) W.set(weights.values);
  else transposeInto(W, weights.values, rows, columns);
  noteType(chain, weights);
  const b = new Float64Array(outputs);
  if (isGemm) {
    const [alpha, beta] = [attributes.get('alpha')?.float ?? 1, attributes.get('beta')?.float ?? 1];
    if (alpha !== 1) for (let k = 0; k < W.length; k++) W[k]! *= alpha;
    const name = inputs[2] ?? '';
    if (name !== '') {
      const bias = chain.graph.constants.get(name)?.();
      if (!bias) throw unsupported(`ONNX operator ${title} has a bias that is no constant`);
      addBias(b, bias, beta, title);
    }
  }
  chain.layers.push({ inputs: inputSize, outputs, W, b });
  chain.stage = 'linear';
  chain.shape = [-1, outputs];
}

/** Constants that are applied to the inputs are one for all, or one for each. */
function assertInputs({ factor, shift }: Chain, { title }: Node, inputs: number): void {
  const wrong = [factor.length, shift.length].find((length) => length !== 1 && length !== inputs);
  if (wrong !== undefined) {
    throw unsupported(
      `ONNX operator ${title} has weights for ${inputs} inputs, and ${wrong} constants scale them`,
    );
  }
}

function noteType({ types }: Chain, { type }: Constant): void {
  types.add(DATA_TYPES.get(type)!.name);
}

function addBias(b: Float64Array, { shape, values }: Constant, factor: number, title: string): void {
  if (values.length !== 1 && (values.length !== b.length || shape.at(-1) !== b.length)) {
    throw unsupported(
      `ONNX operator ${title} has a bias of shape ${shownShape(shape)} for ${b.length} outputs`,
    );
  }
  for (let j = 0; j < b.length; j++) b[j]! += factor * values[values.length === 1 ? 0 : j]!;
}

/** Add, Sub, Mul or Div with a constant: a bias, or the scale of the input. */
function addConstant(chain: Chain, node: Node, read: string): void {
  const { operator, title, inputs } = node;
  const isFirst = inputs[0] === read;
  const constant = chain.graph.constants.get(inputs[isFirst ? 1 : 0] ?? '')?.();
  if (!constant)
    throw unsupported(`ONNX operator ${title} combines the data with a value that is no constant`);
  if (chain.stage === 'linear' && (operator === 'Add' || (operator === 'Sub' && isFirst))) {
    addBias(chain.layers.at(-1)!.b, constant, operator === 'Add' ? 1 : -1, title);
    return;
  }
  if (chain.stage !== 'input' || (operator === 'Div' && !isFirst)) {
    throw unsupported(
      `ONNX operator ${title} is read before the first layer only, or, as Add, behind a MatMul`,
    );
  }
  const { shape, values } = constant;
  const sizes = shape.slice(
    Math.max(
      0,
      shape.findIndex((size) => size !== 1),
    ),
  );
  if (
    values.length === 0 ||
    (values.length > 1 && sizes.at(-1) === 1) ||
    values.some((value) => !Number.isFinite(value))
  ) {
    throw unsupported(
      `ONNX operator ${title} scales the input by a constant of shape ${shownShape(shape)}, ${shownValue(values[0])}: one number, or one for each input, is read`,
    );
  }
  scaleInput(chain, operator, isFirst, Float64Array.from(values));
}

function scaleInput(chain: Chain, operator: string, isFirst: boolean, values: Float64Array): void {
  const isMultiplied = operator === 'Mul' || operator === 'Div';
  const by = operator === 'Div' ? values.map((value) => 1 / value) : values;
  if (isMultiplied && isUnchanged(chain) && values.length === 1) {
    chain.isPixels ||= PIXEL_DIVISORS.some((divisor) => Math.abs(by[0]! * divisor - 1) < 1e-3);
  }
  const { factor, shift } = chain;
  if (isMultiplied) {
    chain.factor = combined(factor, by, (one, other) => one * other);
    chain.shift = combined(shift, by, (one, other) => one * other);
  } else if (operator === 'Add') {
    chain.shift = combined(shift, values, (one, other) => one + other);
  } else {
    // x − constant, or constant − x.
    chain.factor = isFirst ? factor : factor.map((value) => -value);
    chain.shift = combined(shift, values, (one, other) => (isFirst ? one - other : other - one));
  }
}

function combined(
  one: Float64Array,
  other: Float64Array,
  combine: (value: number, by: number) => number,
): Float64Array {
  if (one.length !== other.length && one.length !== 1 && other.length !== 1) {
    throw unsupported(`constants of ${one.length} and of ${other.length} numbers scale the input`);
  }
  return Float64Array.from({ length: Math.max(one.length, other.length) }, (_, k) =>
    combine(one[one.length === 1 ? 0 : k]!, other[other.length === 1 ? 0 : k]!),
  );
}
