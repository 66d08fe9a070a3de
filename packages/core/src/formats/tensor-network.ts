import { type Network, parameterCount } from '../parameters.ts';
import { shownName, shownShape } from './json-text.ts';
import { type Safetensors, SafetensorsError, type Tensor } from './safetensors.ts';

/** The network in the tensors of another program, whose names and order of axes are found out. */

/** What was found. */
export interface TensorNetwork {
  readonly network: Network;
  /** The names of the matrices, from the input to the output. */
  readonly names: readonly string[];
  /** Whether the matrices are (inputs × outputs), as Keras and JAX keep them; PyTorch's are (outputs × inputs). */
  readonly transposed: boolean;
}

interface NamedMatrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** Undefined where no layer has a bias. */
  readonly bias: { readonly name: string; readonly values: Float32Array } | undefined;
}

const WHAT_IS_READ = 'only fully connected layers are read, each a matrix and a bias';
/** Whether weights are transposed, by the metadata `format`. */
const formats: ReadonlyMap<string, boolean> = new Map([
  ['pt', false],
  ['tf', true],
  ['flax', true],
]);
/** Up to this many layers, an order that fits the shapes is searched where the names do not give it. */
const MOST_SEARCHED = 6;

/**
 * Finds the layers by their names and shapes. Names are compared part by part, numbers as numbers, so that `layers.10`
 * follows `layers.9`; where this order does not fit the shapes, the only order that does is taken, if names that differ in
 * their number keep theirs. Either every layer has a bias, or none has, and then it is 0.
 *
 * The weights are (outputs × inputs) or, transposed, (inputs × outputs), the same for the whole file: the lengths of the
 * biases and the neighbouring layers show which. Where both fit, as for square matrices, the metadata `format` decides:
 * `pt` (PyTorch) is not transposed, `tf` and `flax` are.
 *
 * @param transposed says it instead
 * @throws SafetensorsError whose `failure` is `unsupported` for other tensors, and `ambiguous` where both ways, or several
 *   orders of layers, fit
 */
export function networkOfTensors(
  { tensors, metadata }: Safetensors,
  { transposed }: { readonly transposed?: boolean | undefined } = {},
): TensorNetwork {
  const matrices = matricesOf(tensors);
  const fitting = [false, true]
    .filter((way) => transposed === undefined || way === transposed)
    .map((way) => ({ way, orders: ordersOf(matrices, way) }))
    .filter(({ orders }) => orders.length > 0);
  if (fitting.length === 0) throw unchained(matrices, transposed);
  const said = formats.get(metadata['format'] ?? '');
  const [found] = fitting.length === 1 ? fitting : fitting.filter(({ way }) => way === said);
  if (!found) {
    throw new SafetensorsError(
      `the shapes of ${list(matrices)} fit both (outputs × inputs), as PyTorch writes them, and the transposed (inputs × outputs) of Keras and JAX`,
      { failure: 'ambiguous' },
    );
  }
  const [order, other] = found.orders;
  if (other) {
    throw unsupported(
      `the order of the layers ${list(matrices)} shows neither in their names nor in their shapes: number the names`,
    );
  }
  return {
    network: networkOf(order!, found.way),
    names: order!.map(({ name }) => name),
    transposed: found.way,
  };
}

function networkOf(order: readonly NamedMatrix[], transposed: boolean): Network {
  const layers = [sizes(order[0]!, transposed)[0], ...order.map((matrix) => sizes(matrix, transposed)[1])];
  const parameters = new Float64Array(parameterCount(layers));
  let at = 0;
  for (const matrix of order) {
    const [inputs, outputs] = sizes(matrix, transposed);
    if (transposed) transposeInto(parameters.subarray(at), matrix.values, inputs, outputs);
    else parameters.set(matrix.values, at);
    at += inputs * outputs;
    if (matrix.bias) parameters.set(matrix.bias.values, at);
    at += outputs;
  }
  return { layers, parameters };
}

/** The transpose of a matrix (rows × columns): (columns × rows), row by row. */
export function transposeInto(
  out: Float64Array,
  values: ArrayLike<number>,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j]!;
  }
}

function sizes({ rows, columns }: NamedMatrix, transposed: boolean): [inputs: number, outputs: number] {
  return transposed ? [rows, columns] : [columns, rows];
}

/** The matrices in natural order of their names, each with its bias. */
function matricesOf(tensors: ReadonlyMap<string, Tensor>): NamedMatrix[] {
  const named = [...tensors]
    .map(([name, tensor]) => ({ name, values: tensor.values, shape: shapeOf(name, tensor) }))
    .toSorted((one, other) => naturalOrder(one.name, other.name));
  const odd = named.find(({ shape }) => shape.length === 0 || shape.length > 2 || shape.includes(0));
  if (odd) {
    throw unsupported(`tensor ${shownName(odd.name)} has shape ${shownShape(odd.shape)}: ${WHAT_IS_READ}`);
  }
  const matrices = named.filter(({ shape }) => shape.length === 2);
  const biases = named.filter(({ shape }) => shape.length === 1);
  if (matrices.length === 0) throw unsupported(`the file has no matrix of weights: ${WHAT_IS_READ}`);
  const lonely = biases.find(({ name }) => !matrices.some((matrix) => isBeside(matrix.name, name)));
  if (lonely) {
    throw unsupported(`tensor ${shownName(lonely.name)} belongs to no matrix of weights: ${WHAT_IS_READ}`);
  }
  if (biases.length > matrices.length) {
    throw unsupported(`tensor ${shownName(biases.at(-1)!.name)} is a vector too many: ${WHAT_IS_READ}`);
  }
  const bare = matrices.find((matrix, k) => !biases[k] || !isBeside(matrix.name, biases[k].name));
  if (biases.length > 0 && bare) {
    throw unsupported(
      `layer ${shownName(bare.name)} has no bias, and others have: either every layer must have one, or none`,
    );
  }
  return matrices.map(({ name, values, shape }, k) => ({
    name,
    values,
    rows: shape[0]!,
    columns: shape[1]!,
    bias: biases[k],
  }));
}

/** The shape, where a bias may be a row or a column of a matrix, as in NumPy programs. */
function shapeOf(name: string, { shape }: Tensor): readonly number[] {
  const isBias = /(^|[./_])b(ias)?_?\d*$/i.test(name);
  return isBias && shape.length === 2 && shape.includes(1) ? [shape[0]! * shape[1]!] : shape;
}

/** Whether two names belong to the same layer. */
function isBeside(one: string, other: string): boolean {
  return layerName(one) === layerName(other);
}

/** What a name says besides weight or bias: `fc1` of fc1.weight, `1` of W1. */
function layerName(name: string): string {
  const end = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'));
  return end < 0 ? name.replaceAll(/\D/g, '') : name.slice(0, end);
}

/** Compares names part by part, numbers as numbers. */
function naturalOrder(one: string, other: string): number {
  const [parts, others] = [one.split(/(\d+)/), other.split(/(\d+)/)];
  for (const [k, part] of parts.entries()) {
    const otherPart = others[k];
    if (otherPart === undefined) return 1;
    const difference = k % 2 === 1 ? Number(part) - Number(otherPart) : 0;
    if (difference !== 0) return difference;
    if (part !== otherPart) return part < otherPart ? -1 : 1;
  }
  return -1;
}

/** Up to two orders in which the layers fit each other; names that differ in their number alone stay in order. */
function ordersOf(matrices: readonly NamedMatrix[], transposed: boolean): NamedMatrix[][] {
  if (
    matrices.some(
      ({ bias, ...matrix }) => bias && bias.values.length !== sizes({ bias, ...matrix }, transposed)[1],
    )
  )
    return [];
  const orders: NamedMatrix[][] = [];
  const kinds = matrices.map(({ name }) => name.replace(/_?\d+/g, ''));
  if (new Set(kinds).size === 1 || matrices.length > MOST_SEARCHED) {
    return isChain(matrices, transposed) ? [[...matrices]] : [];
  }
  const extend = (order: NamedMatrix[], left: readonly number[]): void => {
    if (orders.length === 2) return;
    if (left.length === 0) orders.push(order);
    for (const [at, k] of left.entries()) {
      if (left.slice(0, at).some((earlier) => kinds[earlier] === kinds[k])) continue;
      const next = [...order, matrices[k]!];
      if (isChain(next.slice(-2), transposed)) extend(next, left.toSpliced(at, 1));
    }
  };
  extend([], [...matrices.keys()]);
  return orders;
}

function isChain(order: readonly NamedMatrix[], transposed: boolean): boolean {
  return order.every(
    (matrix, k) => k === 0 || sizes(order[k - 1]!, transposed)[1] === sizes(matrix, transposed)[0],
  );
}

function unchained(matrices: readonly NamedMatrix[], transposed: boolean | undefined): SafetensorsError {
  const shapes = matrices.map(
    ({ name, rows, columns, bias }) =>
      `${shownName(name)} ${shownShape([rows, columns])}${bias ? ` with ${bias.values.length} biases` : ''}`,
  );
  const way = transposed === undefined ? '' : ` as (${transposed ? 'inputs × outputs' : 'outputs × inputs'})`;
  return unsupported(
    `the tensors do not fit each other as the layers of a network${way}: ${shapes.slice(0, 4).join(', ')}${shapes.length > 4 ? ', …' : ''}`,
  );
}

function list(matrices: readonly NamedMatrix[]): string {
  const names = matrices.slice(0, 4).map(({ name }) => shownName(name));
  return `${names.join(', ')}${matrices.length > 4 ? ', …' : ''}`;
}

function unsupported(sentence: string): SafetensorsError {
  return new SafetensorsError(sentence, { failure: 'unsupported' });
}
