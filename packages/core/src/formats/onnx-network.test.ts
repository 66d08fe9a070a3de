import { describe, expect, test } from 'vitest';
import { OnnxError } from './onnx.ts';
import { readOnnx } from './other-models.ts';
import { bytesField, joined, type Message, messageField, textField, wholeField } from './protobuf.ts';

/** Models written here field by field, for what no exporter at hand writes. */

const FLOAT = 1;

interface Written {
  readonly nodes: readonly Uint8Array[];
  readonly tensors?: readonly Uint8Array[];
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly inputType?: number;
}

function model({
  nodes,
  tensors = [weights, bias],
  inputs = ['x'],
  outputs = ['y'],
  opset = 13,
  inputType = FLOAT,
}: Written): Uint8Array {
  const value = (field: number, name: string): Uint8Array =>
    messageField(field, [textField(1, name), messageField(2, [messageField(1, [wholeField(1, inputType)])])]);
  return joined([
    wholeField(1, 8),
    messageField(7, [
      ...nodes,
      ...tensors,
      ...inputs.map((name) => value(11, name)),
      ...outputs.map((name) => value(12, name)),
    ]),
    messageField(8, [textField(1, ''), wholeField(2, opset)]),
  ]);
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Message = [],
): Uint8Array {
  return messageField(1, [
    ...inputs.map((name) => textField(1, name)),
    textField(2, output),
    textField(4, operator),
    ...attributes.map((attribute) => bytesField(5, attribute)),
  ]);
}

const whole = (name: string, value: number): Uint8Array => joined([textField(1, name), wholeField(3, value)]);

function tensor(
  name: string,
  shape: readonly number[],
  values: readonly number[],
  more: Message = [],
): Uint8Array {
  return messageField(5, [
    ...shape.map((size) => wholeField(1, size)),
    wholeField(2, FLOAT),
    textField(8, name),
    bytesField(9, new Uint8Array(Float32Array.from(values).buffer)),
    ...more,
  ]);
}

const weights = tensor('w', [2, 3], [1, 2, 3, 4, 5, 6]);
const bias = tensor('b', [3], [7, 8, 9]);
const layer = [node('MatMul', ['x', 'w'], 'm'), node('Add', ['m', 'b'], 'y')];
const gemm = (inputs: readonly string[], attributes: Message = []): Uint8Array =>
  node('Gemm', inputs, 'y', attributes);
const number = (name: string, value: number): Uint8Array => tensor(name, [], [value]);

describe('the parameters of small models', () => {
  const plain = [1, 4, 2, 5, 3, 6, 7, 8, 9];
  test.each<[string, Written, number[]]>([
    ['MatMul and Add', { nodes: layer }, plain],
    ['Gemm without transB', { nodes: [gemm(['x', 'w', 'b'])] }, plain],
    ['Gemm without a bias', { nodes: [gemm(['x', 'w'])] }, [1, 4, 2, 5, 3, 6, 0, 0, 0]],
    [
      'Gemm with transB and a single bias',
      {
        nodes: [gemm(['x', 'v', 'b'], [whole('transB', 1)])],
        tensors: [tensor('v', [3, 2], [1, 2, 3, 4, 5, 6]), number('b', 7)],
      },
      [1, 2, 3, 4, 5, 6, 7, 7, 7],
    ],
    [
      'Sub behind a layer',
      { nodes: [node('MatMul', ['x', 'w'], 'm'), node('Sub', ['m', 'b'], 'y')] },
      [1, 4, 2, 5, 3, 6, -7, -8, -9],
    ],
    [
      '1 - x before the layer: W is negated, and its rows are added to b',
      {
        nodes: [node('Sub', ['one', 'x'], 'i'), gemm(['i', 'w', 'b'])],
        tensors: [weights, bias, number('one', 1)],
      },
      [-1, -4, -2, -5, -3, -6, 12, 15, 18],
    ],
    [
      '(x − [1, 2]) · [2, 4] before the layer',
      {
        nodes: [node('Sub', ['x', 'mean'], 'i'), node('Mul', ['i', 'by'], 'j'), gemm(['j', 'w', 'b'])],
        tensors: [weights, bias, tensor('mean', [1, 2], [1, 2]), tensor('by', [2], [2, 4])],
      },
      [2, 16, 4, 20, 6, 24, 7 - 2 - 32, 8 - 4 - 40, 9 - 6 - 48],
    ],
  ])('%s', (_, written, parameters) => {
    const found = readOnnx(model(written));
    expect(found.network.layers).toEqual([2, 3]);
    expect([...found.network.parameters]).toEqual(parameters.map((value) => (value === 0 ? 0 : value)));
    expect(found.isUnitScale).toBe(false);
  });

  test.each([255, 127.5])('a division by %d shows that the inputs are bytes', (by) => {
    const nodes = [node('Div', ['x', 'by'], 'i'), gemm(['i', 'w', 'b'])];
    const found = readOnnx(model({ nodes, tensors: [weights, bias, number('by', by)] }));
    expect(found.isUnitScale).toBe(true);
    expect([...found.network.parameters.subarray(0, 6)]).toEqual(
      [1, 4, 2, 5, 3, 6].map((w) => (w * 255) / by),
    );
  });

  test('so does an input of bytes', () => {
    const nodes = [node('Cast', ['x'], 'i', [whole('to', FLOAT)]), gemm(['i', 'w', 'b'])];
    const found = readOnnx(model({ nodes, inputType: 2 }));
    expect(found.isUnitScale).toBe(true);
    expect([...found.network.parameters.subarray(0, 6)]).toEqual([1, 4, 2, 5, 3, 6].map((w) => 255 * w));
  });
});

describe('a whole model that is something else is named', () => {
  test.each<[Written, string]>([
    [{ nodes: layer, opset: 6 }, 'the model uses operator set 6: 7 and later are read'],
    [{ nodes: layer, inputs: ['x', 'mask'] }, 'the graph has several inputs, x and mask: one is read'],
    [{ nodes: layer, inputs: [] }, 'the graph has no input'],
    [{ nodes: layer, outputs: ['m'] }, 'the output of the graph, m, is not that of the last layer'],
    [{ nodes: [], outputs: ['x'] }, 'the graph has no Gemm and no MatMul with constant weights'],
    [
      { nodes: Array<Uint8Array>(1001).fill(node('Identity', ['x'], 'x')) },
      'the graph has 1001 nodes: at most 1000 are read',
    ],
    [
      { nodes: [gemm(['x', 'w', 'b'], [whole('transA', 1)])] },
      'ONNX operator Gemm (node y) has transA, which mixes samples',
    ],
    [
      { nodes: [gemm(['w', 'x'])] },
      'ONNX operator Gemm (node y) multiplies the weights by the data: the data must come first',
    ],
    [
      { nodes: [...layer, node('MatMul', ['y', 'w'], 'z')] },
      'ONNX operator MatMul (node z) follows a layer without a Relu between them',
    ],
    [
      { nodes: [...layer, node('Relu', ['y'], 'a'), node('MatMul', ['a', 'w'], 'z')] },
      'ONNX operator MatMul (node z) has weights for 2 inputs, and gets 3',
    ],
    [
      { nodes: [...layer, node('Relu', ['y'], 'z')] },
      'a Relu follows the last layer: the outputs must be logits, or probabilities of Softmax',
    ],
    [
      { nodes: [...layer, node('Relu', ['m'], 'z')] },
      'ONNX operator Relu (node z) reads m, which is not the last value: the graph must be a chain',
    ],
    [
      { nodes: [...layer, node('Add', ['y', 'x'], 'z')] },
      'ONNX operator Add (node z) joins two branches: the graph must be a chain',
    ],
    [
      { nodes: [...layer, node('Mul', ['y', 'b'], 'z')] },
      'ONNX operator Mul (node z) is read before the first layer only, or, as Add, behind a MatMul',
    ],
    [
      { nodes: [...layer, node('Softmax', ['y'], 'z', [whole('axis', 0)])] },
      'ONNX operator Softmax (node z) has axis 0: the axis of the classes, 1 or -1, is read',
    ],
    [
      { nodes: [node('Dropout', ['x', '', 'b'], 'i'), ...layer] },
      'ONNX operator Dropout (node i) is in training mode: export for inference',
    ],
    [
      { nodes: [node('Flatten', ['x'], 'i', [whole('axis', 0)]), ...layer] },
      'ONNX operator Flatten (node i) has axis 0, which mixes samples: axis 1 is read',
    ],
    [
      { nodes: [node('Transpose', ['x'], 'i'), ...layer] },
      'ONNX operator Transpose (node i) turns the input: pixels are read row by row',
    ],
    [
      { nodes: [node('Add', ['x', 'b'], 'i'), gemm(['i', 'w'])] },
      'ONNX operator Gemm (node y) has weights for 2 inputs, and 3 constants scale them',
    ],
    [
      { nodes: layer, tensors: [tensor('w', [2, 3], [], [wholeField(14, 1)]), bias] },
      'tensor w has its values in another file: save the model with its weights inside',
    ],
    [
      { nodes: [node('Exp', ['b'], 'c'), node('MatMul', ['x', 'w'], 'm'), node('Add', ['m', 'c'], 'y')] },
      'ONNX operator Exp (node c) computes a constant, and only Constant, Identity, Cast, Transpose, Reshape, Flatten, Squeeze and Unsqueeze are read there: simplify the model (constant folding), as with onnxsim',
    ],
  ])('%#', (written, sentence) => {
    expect(() => readOnnx(model(written))).toThrow(new OnnxError(sentence, { failure: 'unsupported' }));
  });
});

test('a tensor with fewer values than its shape claims is damaged, whatever the shape', () => {
  const tensors = [tensor('w', [2 ** 26, 2 ** 26], [1, 2, 3]), bias];
  expect(() => readOnnx(model({ nodes: layer, tensors }))).toThrow(
    new OnnxError(`expected tensor w to have ${2 ** 52} values for its shape, got 3`),
  );
});
