import { readFileSync } from 'node:fs';
import { modelFile, workedExample } from '@micronn/fixtures';
import { fixturePath, readMnist } from '@micronn/fixtures/node';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Network, parameterCount } from '../parameters.ts';
import { predict } from '../reference/prediction.ts';
import { decodeOnnx, OnnxError } from './onnx.ts';
import { foldInputScale, networkOfTensors, readOnnx } from './other-models.ts';
import { decodeSafetensors, type Safetensors, SafetensorsError, type Tensor } from './safetensors.ts';

const classes = JSON.parse(readFileSync(fixturePath('models/classes.json'), 'utf8')) as Record<
  string,
  string
>;
const names = Object.keys(classes);
const images = Float64Array.from(readMnist('test', 0, 1000).images, (byte) => byte / 255);

function read(name: string): Uint8Array {
  return readFileSync(fixturePath(`models/${name}`));
}

function classesOf({ layers, parameters }: Network): string {
  return [...predict({ layers, parameters }, images)].join('');
}

describe('files that other programs wrote give the classes of a NumPy forward pass on 1,000 images', () => {
  test.each(names.filter((name) => name.endsWith('.safetensors')))('%s', (name) => {
    const { network, transposed } = networkOfTensors(decodeSafetensors(read(name)));
    expect(network.layers).toEqual([784, 16, 10]);
    expect(transposed).toBe(/keras|numpy/.test(name));
    expect(classesOf(network)).toBe(classes[name]);
  });

  test.each(names.filter((name) => name.endsWith('.onnx')))('%s', (name) => {
    const { network, isUnitScale } = readOnnx(read(name));
    expect(network.layers).toEqual([784, 16, 10]);
    // Those that divide the bytes inside.
    expect(isUnitScale).toBe(/keras|normalized/.test(name));
    expect(classesOf(network)).toBe(classes[name]);
  });

  test('every form keeps the parameters of float32 as far as its type can', () => {
    const exact = networkOfTensors(decodeSafetensors(read('pytorch-f32.safetensors'))).network.parameters;
    const parametersOf = (name: string): Float64Array =>
      name.endsWith('.onnx')
        ? readOnnx(read(name)).network.parameters
        : networkOfTensors(decodeSafetensors(read(name))).network.parameters;
    for (const name of ['pytorch-f64.safetensors', 'pytorch-view.onnx', 'constants.onnx']) {
      expect(parametersOf(name)).toEqual(exact);
    }
    const half = parametersOf('sequential-f16.safetensors');
    for (const name of ['keras-f16.safetensors', 'numpy-f16.safetensors', 'pytorch.onnx']) {
      expect(parametersOf(name)).toEqual(half);
    }
    expect(parametersOf('keras-bf16.safetensors')).toEqual(parametersOf('nested-bf16.safetensors'));
  });
});

describe('MicroNN’s own ONNX after the shape inference of the package onnx', () => {
  test.each(['inside', 'outside'] as const)('%s', (scale) => {
    const bytes = read(`inferred-${scale}.onnx`);
    expect(() => decodeOnnx(bytes)).toThrow(OnnxError);
    const { network, isUnitScale, metadata } = readOnnx(bytes);
    expect(network).toEqual(decodeOnnx(modelFile(`${scale}.onnx`)).network);
    expect(isUnitScale).toBe(true);
    expect(metadata).toEqual({ source: 'the worked example' });
  });
});

describe('networkOfTensors', () => {
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    values: Float32Array.from(
      { length: shape.reduce((product, size) => product * size, 1) },
      (_, k) => k + 1,
    ),
  });
  const file = (
    shapes: Readonly<Record<string, readonly number[]>>,
    metadata: Record<string, string> = {},
  ): Safetensors => ({
    tensors: new Map(Object.entries(shapes).map(([name, shape]) => [name, tensor(...shape)])),
    metadata,
  });
  const square = { 'a.weight': [2, 2], 'a.bias': [2] };

  test.each<[string, Readonly<Record<string, readonly number[]>>, string[], number[], boolean]>([
    [
      'numbers in names as numbers',
      {
        'l.10.weight': [4, 3],
        'l.10.bias': [4],
        'l.9.weight': [3, 3],
        'l.9.bias': [3],
        'l.2.weight': [3, 5],
        'l.2.bias': [3],
      },
      ['l.2.weight', 'l.9.weight', 'l.10.weight'],
      [5, 3, 3, 4],
      false,
    ],
    [
      'words by the only order that fits',
      {
        'classifier.weight': [2, 3],
        'classifier.bias': [2],
        'encoder.0.weight': [4, 5],
        'encoder.0.bias': [4],
        'encoder.2.weight': [3, 4],
        'encoder.2.bias': [3],
      },
      ['encoder.0.weight', 'encoder.2.weight', 'classifier.weight'],
      [5, 4, 3, 2],
      false,
    ],
    [
      'a square layer as the other layers',
      { 'dense/kernel': [5, 3], 'dense/bias': [3], 'dense_1/kernel': [3, 3], 'dense_1/bias': [3] },
      ['dense/kernel', 'dense_1/kernel'],
      [5, 3, 3],
      true,
    ],
    ['rows of biases', { W1: [5, 3], b1: [1, 3], W2: [3, 1], b2: [1, 1] }, ['W1', 'W2'], [5, 3, 1], true],
    [
      'no biases',
      { 'fc1.weight': [3, 5], 'fc2.weight': [2, 3] },
      ['fc1.weight', 'fc2.weight'],
      [5, 3, 2],
      false,
    ],
  ])('orders %s', (_, shapes, order, layers, transposed) => {
    const found = networkOfTensors(file(shapes));
    expect(found).toMatchObject({ names: order, transposed, network: { layers } });
    expect(found.network.parameters).toHaveLength(parameterCount(layers));
  });

  test('turns transposed weights, and takes the metadata or the option where both ways fit', () => {
    const straight = Float64Array.of(1, 2, 3, 4, 1, 2);
    const turned = Float64Array.of(1, 3, 2, 4, 1, 2);
    expect(networkOfTensors(file(square), { transposed: false }).network.parameters).toEqual(straight);
    expect(networkOfTensors(file(square), { transposed: true }).network.parameters).toEqual(turned);
    expect(networkOfTensors(file(square, { format: 'pt' })).network.parameters).toEqual(straight);
    expect(networkOfTensors(file(square, { format: 'flax' })).network.parameters).toEqual(turned);
    // The option is stronger.
    expect(networkOfTensors(file(square, { format: 'pt' }), { transposed: true }).network.parameters).toEqual(
      turned,
    );
  });

  const only = 'only fully connected layers are read, each a matrix and a bias';
  test.each<
    [Readonly<Record<string, readonly number[]>>, boolean | undefined, string, 'unsupported' | 'ambiguous']
  >([
    [
      square,
      undefined,
      'the shapes of a.weight fit both (outputs × inputs), as PyTorch writes them, and the transposed (inputs × outputs) of Keras and JAX',
      'ambiguous',
    ],
    [
      { 'conv1.weight': [8, 1, 3, 3], ...square },
      undefined,
      `tensor conv1.weight has shape [8, 1, 3, 3]: ${only}`,
      'unsupported',
    ],
    [
      { ...square, 'bn.running_mean': [2] },
      undefined,
      `tensor bn.running_mean belongs to no matrix of weights: ${only}`,
      'unsupported',
    ],
    [{ ...square, 'a.scale': [2] }, undefined, `tensor a.scale is a vector too many: ${only}`, 'unsupported'],
    [{ b: [2] }, undefined, `the file has no matrix of weights: ${only}`, 'unsupported'],
    [
      { ...square, 'b.weight': [2, 2] },
      undefined,
      'layer b.weight has no bias, and others have: either every layer must have one, or none',
      'unsupported',
    ],
    [
      { 'in.weight': [2, 3], 'mid.weight': [2, 2], 'other.weight': [2, 2] },
      false,
      'the order of the layers in.weight, mid.weight, other.weight shows neither in their names nor in their shapes: number the names',
      'unsupported',
    ],
    [
      { 'fc1.weight': [3, 5], 'fc1.bias': [3] },
      true,
      'the tensors do not fit each other as the layers of a network as (inputs × outputs): fc1.weight [3, 5] with 3 biases',
      'unsupported',
    ],
    [
      { 'fc1.weight': [3, 5], 'fc2.weight': [4, 4] },
      undefined,
      'the tensors do not fit each other as the layers of a network: fc1.weight [3, 5], fc2.weight [4, 4]',
      'unsupported',
    ],
  ])('refuses %#', (shapes, transposed, sentence, failure) => {
    expect(() => networkOfTensors(file(shapes), { transposed })).toThrow(
      new SafetensorsError(sentence, { failure }),
    );
  });
});

test('any names and shapes give a network of their values, or a SafetensorsError', () => {
  const name = fc
    .tuple(
      fc.constantFrom('fc', 'dense_', 'layers.', 'W', ''),
      fc.nat(11),
      fc.constantFrom('.weight', '.bias', '/kernel', '/bias', ''),
    )
    .map((parts) => parts.join(''));
  const size = fc.constantFrom(0, 1, 2, 2, 3, 3, 4);
  const tensors = fc.dictionary(name, fc.array(size, { maxLength: 4 }), { maxKeys: 7 });
  fc.assert(
    fc.property(tensors, fc.constantFrom(undefined, true, false), (shapes, transposed) => {
      const given = new Map(
        Object.entries(shapes).map(([key, shape]) => [
          key,
          {
            shape,
            values: new Float32Array(shape.reduce<number>((product, each) => product * each, 1)).fill(1),
          },
        ]),
      );
      try {
        const { network } = networkOfTensors({ tensors: given, metadata: {} }, { transposed });
        const values = [...given.values()].reduce((total, { values: each }) => total + each.length, 0);
        expect(network.parameters.reduce((total, value) => total + value, 0)).toBe(values);
      } catch (error) {
        if (!(error instanceof SafetensorsError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});

describe('readOnnx', () => {
  test('names the operator that it does not read', () => {
    expect(() => readOnnx(read('convolution.onnx'))).toThrow(
      new OnnxError(
        'ONNX operator Conv (node conv1) is not one of Gemm, MatMul, Add, Sub, Mul, Div, Relu, Softmax, LogSoftmax, Flatten, Reshape, Cast, Dropout, Identity',
        { failure: 'unsupported' },
      ),
    );
  });

  test.each(['constants.onnx', 'keras.onnx', 'sklearn.onnx', 'inferred-inside.onnx'])(
    'throws only OnnxError, for any changed bytes of the structure of %s',
    (name) => {
      const valid = read(name);
      // The weights are most of a file; what surrounds them stands at both ends and in their messages.
      const place = fc.oneof(
        fc.nat(Math.min(999, valid.length - 1)),
        fc.nat(999).map((k) => Math.max(0, valid.length - 1 - k)),
      );
      fc.assert(
        fc.property(
          fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }),
          fc.option(fc.nat(valid.length - 1)),
          (changes, end) => {
            const bytes = Uint8Array.from(valid.subarray(0, end ?? valid.length));
            for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
            try {
              readOnnx(bytes);
            } catch (error) {
              if (!(error instanceof OnnxError)) throw error;
            }
          },
        ),
        { numRuns: name.startsWith('inferred') ? 3000 : 200 },
      );
    },
  );

  test('a cut-off file is damaged', () => {
    expect(() => readOnnx(read('pytorch.onnx').subarray(0, 20_000))).toThrow(
      new OnnxError('expected an ONNX model, got something else, or one that is cut off'),
    );
  });
});

test('foldInputScale gives the same logits for inputs from 0 to 1', () => {
  const { W1, b1, W2, b2 } = workedExample.before;
  const network = { layers: [3, 2, 2], parameters: Float64Array.from([W1, b1, W2, b2].flat(), Math.fround) };
  expect(foldInputScale(network, { low: 0, high: 1 })).toBe(network);
  const folded = foldInputScale(network, { low: -1, high: 1 });
  // By hand: 2·W1, and b1 minus the sum of its row.
  expect([...folded.parameters.subarray(0, 6)]).toEqual(
    [...network.parameters.subarray(0, 6)].map((w) => 2 * w),
  );
  for (const j of [0, 1]) {
    const row = network.parameters.subarray(3 * j, 3 * j + 3);
    expect(folded.parameters[6 + j]).toBe(
      Math.fround(network.parameters[6 + j]! - row[0]! - row[1]! - row[2]!),
    );
  }
  expect(folded.parameters.subarray(8)).toEqual(network.parameters.subarray(8));
});
