import { shownName } from './json-text.ts';
import { OnnxError } from './onnx.ts';
import {
  Attribute,
  type Constant,
  constantOf,
  DOUBLE,
  FLOAT,
  INT32,
  INT64,
  messageOf,
  messagesAt,
  textAt,
  textsAt,
  unsupported,
  wholeAt,
} from './onnx-tensors.ts';
import type { Field } from './protobuf.ts';
import { transposeInto } from './tensor-network.ts';

/**
 * An ONNX graph as the chain of those nodes that the input passes, with the constants of the others computed.
 */

export interface Node {
  readonly operator: string;
  readonly domain: string;
  /** Its name, or that of its output, for sentences: `Conv (node conv1)`. */
  readonly title: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Graph {
  readonly nodes: readonly Node[];
  /** Values that the file gives, as far as they can be computed, by name. */
  readonly constants: ReadonlyMap<string, () => Constant>;
  /** Names of values that only depend on the shapes of other values, such as Shape's. */
  readonly shapes: ReadonlySet<string>;
  readonly input: GraphInput;
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly producer: string;
}

interface GraphInput {
  readonly name: string;
  /** TensorProto.DataType. */
  readonly type: number;
  /** The sizes, −1 where they are free; undefined if the file has none. */
  readonly shape: readonly number[] | undefined;
}

const MODEL = { producer: 2, graph: 7, operatorSets: 8, metadata: 14 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const;
/** From this operator set on, Gemm, Add, … broadcast without attributes. */
const OLDEST_OPERATORS = 7;
const MOST_NODES = 1000;

/**
 * Reads the messages of a model.
 *
 * @throws OnnxError for a file that is no model, an old operator set, or several inputs
 */
export function readGraph(bytes: Uint8Array): Graph {
  const model = messageOf(bytes);
  const [graph] = messagesAt(model, MODEL.graph);
  if (!graph) throw new OnnxError('expected an ONNX model, got a file without a graph');
  assertOperators(model);
  const nodes = messagesAt(graph, GRAPH.node).map(nodeOf);
  // This also bounds the depth of the recursion that computes constants.
  if (nodes.length > MOST_NODES) {
    throw unsupported(`the graph has ${nodes.length} nodes: at most ${MOST_NODES} are read`);
  }
  const constants = new Map<string, () => Constant>();
  for (const tensor of messagesAt(graph, GRAPH.initializer)) {
    const name = textAt(tensor, 8);
    constants.set(name, () => constantOf(name, tensor));
  }
  const input = inputOf(graph, constants);
  const shapes = new Set<string>();
  const left = nodes.filter((node) => {
    const inputs = node.inputs.filter((name) => name !== '');
    const [output = ''] = node.outputs;
    if (inputs.every((name) => constants.has(name))) {
      constants.set(output, () => computed(node, constants));
      return false;
    }
    const isShape =
      isStandard(node) &&
      (['Shape', 'Size'].includes(node.operator) ||
        inputs.every((name) => shapes.has(name) || constants.has(name)));
    if (isShape) shapes.add(output);
    return !isShape;
  });
  return {
    nodes: left,
    constants,
    shapes,
    input,
    outputs: messagesAt(graph, GRAPH.output).map((output) => textAt(output, 1)),
    metadata: Object.fromEntries(
      messagesAt(model, MODEL.metadata).map((entry) => [textAt(entry, 1), textAt(entry, 2)]),
    ) as Record<string, string>,
    producer: textAt(model, MODEL.producer),
  };
}

/** Whether an operator is one of the standard's own. */
export function isStandard({ domain }: Node): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function assertOperators(model: readonly Field[]): void {
  const standard = messagesAt(model, MODEL.operatorSets).find((set) =>
    ['', 'ai.onnx'].includes(textAt(set, 1)),
  );
  const version = standard && wholeAt(standard, 2);
  if (version === undefined) throw new OnnxError('expected an ONNX model, got one without an operator set');
  if (version < OLDEST_OPERATORS) {
    throw unsupported(`the model uses operator set ${version}: ${OLDEST_OPERATORS} and later are read`);
  }
}

function nodeOf(fields: readonly Field[]): Node {
  const outputs = textsAt(fields, NODE.output);
  const operator = textAt(fields, NODE.operator);
  const domain = textAt(fields, NODE.domain);
  const full = domain === '' || domain === 'ai.onnx' ? operator : `${domain}.${operator}`;
  const name = textAt(fields, NODE.name);
  return {
    operator,
    domain,
    title: `${shownName(full)} (node ${shownName(name === '' ? (outputs[0] ?? '') : name)})`,
    inputs: textsAt(fields, NODE.input),
    outputs,
    attributes: new Map(
      messagesAt(fields, NODE.attribute).map((attribute) => [textAt(attribute, 1), new Attribute(attribute)]),
    ),
  };
}

/** ValueInfoProto of the only input that has no initializer. */
function inputOf(graph: readonly Field[], constants: ReadonlyMap<string, unknown>): GraphInput {
  const inputs = messagesAt(graph, GRAPH.input).filter((input) => !constants.has(textAt(input, 1)));
  const [input, another] = inputs;
  if (!input) throw unsupported('the graph has no input');
  const name = textAt(input, 1);
  if (another) {
    throw unsupported(
      `the graph has several inputs, ${shownName(name)} and ${shownName(textAt(another, 1))}: one is read`,
    );
  }
  const [tensor] = messagesAt(input, 2).flatMap((type) => messagesAt(type, 1));
  const [shape] = tensor ? messagesAt(tensor, 2) : [];
  return {
    name,
    type: (tensor && wholeAt(tensor, 1)) ?? FLOAT,
    shape: shape && messagesAt(shape, 1).map((size) => wholeAt(size, 1) ?? -1),
  };
}

/** The value of a node whose inputs are all constants. */
function computed(node: Node, constants: ReadonlyMap<string, () => Constant>): Constant {
  const { operator, attributes, outputs, inputs } = node;
  const [name = ''] = outputs;
  const value = (k: number): Constant | undefined => constants.get(inputs[k] ?? '')?.();
  const first = value(0);
  if (isStandard(node)) {
    if (operator === 'Constant') return constantNode(node, name);
    if (first) {
      const { shape, values } = first;
      switch (operator) {
        case 'Identity':
          return first;
        case 'Cast':
          return castConstant(node, first);
        case 'Transpose':
          return transposed(node, first);
        case 'Flatten':
        case 'Reshape':
        case 'Squeeze':
        case 'Unsqueeze':
          return { ...first, shape: reshaped(node, shape, values.length, value(1)) };
        default:
      }
    }
  }
  throw unsupported(
    `ONNX operator ${node.title} computes a constant, and only Constant, Identity, Cast, Transpose, Reshape, Flatten, Squeeze and Unsqueeze are read there: simplify the model (constant folding), as with onnxsim`,
  );

  function constantNode(of: Node, called: string): Constant {
    const found = attributes.get('value')?.tensor(called);
    if (found) return found;
    const [kind, attribute] = [...attributes][0] ?? [];
    const numbers = {
      value_float: () => [attribute!.float ?? 0],
      value_floats: () => attribute!.floats,
      value_int: () => [attribute!.whole ?? 0],
      value_ints: () => attribute!.wholes,
    };
    if (kind === undefined || !Object.hasOwn(numbers, kind)) {
      throw unsupported(`ONNX operator ${of.title} has no value that is read`);
    }
    const list = Float64Array.from(numbers[kind as keyof typeof numbers]());
    return {
      shape: kind.endsWith('s') ? [list.length] : [],
      values: list,
      type: kind.includes('float') ? FLOAT : INT64,
    };
  }
}

function castConstant({ title, attributes }: Node, { shape, values, type }: Constant): Constant {
  const to = attributes.get('to')?.whole ?? 0;
  if (to === INT32 || to === INT64) return { shape, values: Float64Array.from(values, Math.trunc), type: to };
  // To float32 or float64; a cast to a smaller type would round. The type remains that in which the file has the values.
  if (to !== FLOAT && to !== DOUBLE) {
    throw unsupported(`ONNX operator ${title} casts a constant to a type that is not read`);
  }
  return { shape, values: to === FLOAT ? Float32Array.from(values) : values, type };
}

function transposed({ title, attributes }: Node, constant: Constant): Constant {
  const { shape, values, type } = constant;
  const axes = attributes.get('perm')?.wholes;
  const reversed = shape.map((_, k) => shape.length - 1 - k);
  const swaps = (axes ?? reversed).join() === reversed.join();
  if (shape.length < 2 || axes?.every((axis, k) => axis === k)) return constant;
  if (!swaps || shape.length > 2)
    throw unsupported(`ONNX operator ${title} turns a constant that is no matrix`);
  const [rows, columns] = shape as [number, number];
  const turned = new Float64Array(values.length);
  transposeInto(turned, values, rows, columns);
  return { shape: [columns, rows], values: turned, type };
}

/** The shape of a constant after Flatten, Reshape, Squeeze or Unsqueeze. */
function reshaped(
  { operator, title, attributes }: Node,
  shape: readonly number[],
  count: number,
  second: Constant | undefined,
): number[] {
  const given = [
    ...(second?.values ?? attributes.get('axes')?.wholes ?? attributes.get('shape')?.wholes ?? []),
  ];
  const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
  let result: number[];
  switch (operator) {
    case 'Flatten': {
      const axis = attributes.get('axis')?.whole ?? 1;
      const rows = product(shape.slice(0, axis));
      result = [rows, count / rows];
      break;
    }
    case 'Reshape': {
      const sizes = given.map((size, k) => (size === 0 ? (shape[k] ?? 0) : size));
      const rest = count / product(sizes.filter((size) => size !== -1));
      result = sizes.map((size) => (size === -1 ? rest : size));
      break;
    }
    case 'Squeeze': {
      const axes = new Set(given.map((axis) => (axis < 0 ? axis + shape.length : axis)));
      result = shape.filter((size, k) => size !== 1 || (axes.size > 0 && !axes.has(k)));
      break;
    }
    default: {
      const rank = shape.length + given.length;
      const axes = new Set(given.map((axis) => (axis < 0 ? axis + rank : axis)));
      const sizes = [...shape];
      result = Array.from({ length: Math.min(rank, 8) }, (_, k) => (axes.has(k) ? 1 : (sizes.shift() ?? 1)));
    }
  }
  if (product(result) !== count || result.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw new OnnxError(`ONNX operator ${title} gives a constant another number of values`);
  }
  return result;
}
