import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork, encodeSafetensors, type Network, predict, type Tensor } from '@micronn/core';
import { encodeOnnx } from '@micronn/core/onnx';
import { modelFile } from '@micronn/fixtures';
import { fixturePath, readMnist } from '@micronn/fixtures/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MicronnError } from '../errors.ts';
import { parseInputScale, withUnitInputs } from './input-scale.ts';
import { loadModel, modelTensors } from './model-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-others-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fixture = (name: string): string => fixturePath(`models/${name}`);
const images = readMnist('test', 0, 1000).images;

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

function classesOf({ layers, parameters }: Network): string {
  return [
    ...predict(
      { layers, parameters },
      Float64Array.from(images, (byte) => byte / 255),
    ),
  ].join('');
}

describe('a model of another program', () => {
  test.each([
    [
      'pytorch-f32.safetensors',
      'unknown',
      'safetensors · fc1.weight, fc2.weight · weights (outputs × inputs)',
    ],
    [
      'keras-f16.safetensors',
      'unknown',
      'safetensors · dense/kernel, dense_1/kernel · weights (inputs × outputs)',
    ],
    ['numpy-f16.safetensors', 'unknown', 'safetensors · W1, W2 · weights (inputs × outputs)'],
    ['pytorch-normalized.onnx', 'unit', 'ONNX · Div, Sub, Div, Flatten, Gemm, Relu, Gemm, Softmax · F32'],
    [
      'sklearn.onnx',
      'unknown',
      'ONNX · Cast, MatMul, Add, Relu, MatMul, Add, Softmax, ArgMax, ArrayFeatureExtractor, Reshape · BF16',
    ],
  ])('%s is understood, and gives its classes', async (name, inputScale, foreign) => {
    const model = await loadModel(fixture(name));
    expect(model).toMatchObject({ layers: [784, 16, 10], inputScale, foreign });
    const classes = JSON.parse(await readFile(fixture('classes.json'), 'utf8')) as Record<string, string>;
    expect(classesOf(model)).toBe(classes[name]);
  });

  test.each(['inside', 'outside'] as const)(
    'MicroNN’s own ONNX, rewritten by another program: %s',
    async (scale) => {
      const own = await loadModel(await written(`${scale}.onnx`, modelFile(`${scale}.onnx`)));
      expect(own.foreign).toBeUndefined();
      const { layers, parameters } = own;
      expect(await loadModel(fixture(`inferred-${scale}.onnx`))).toMatchObject({
        layers,
        parameters,
        inputScale: 'unit',
      });
    },
  );

  test('its format is recognised by its content', async () => {
    const copy = await written('weights.bin', await readFile(fixture('pytorch.onnx')));
    const { file: _, ...model } = await loadModel(fixture('pytorch.onnx'));
    expect(await loadModel(copy)).toEqual({ ...model, file: copy });
    const misnamed = await written('misnamed.onnx', await readFile(fixture('pytorch-f32.safetensors')));
    expect(await loadModel(misnamed)).toMatchObject({ foreign: expect.stringMatching(/^safetensors/) });
  });

  test('a square network needs --transposed', async () => {
    const { parameters } = createNetwork([2, 2], { seed: 1 });
    const tensors: Record<string, Tensor> = {
      'a.weight': { shape: [2, 2], values: new Float32Array(parameters.subarray(0, 4)) },
      'a.bias': { shape: [2], values: new Float32Array(2) },
    };
    const bytes = encodeSafetensors({ tensors: new Map(Object.entries(tensors)), metadata: {} });
    const file = await written('square.safetensors', bytes);
    await expect(loadModel(file)).rejects.toMatchObject({
      code: 'MODEL_AMBIGUOUS',
      exitCode: 6,
      message: `${file}: the shapes of a.weight fit both (outputs × inputs), as PyTorch writes them, and the transposed (inputs × outputs) of Keras and JAX: say it with --transposed no for the first, or --transposed yes for the second`,
    });
    const [a, b, c, d] = parameters;
    expect((await loadModel(file, { transposed: false })).parameters.subarray(0, 4)).toEqual(
      Float64Array.of(a!, b!, c!, d!),
    );
    expect((await loadModel(file, { transposed: true })).parameters.subarray(0, 4)).toEqual(
      Float64Array.of(a!, c!, b!, d!),
    );
  });

  test('MicroNN’s own weights with a wrong checksum stay damaged after a rewriting', async () => {
    const network = createNetwork([4, 3, 2], { seed: 1 });
    const bytes = encodeOnnx({ network, scale: 'inside', metadata: { parametersSha256: 'abc' } });
    // The version of the format: no longer what encodeOnnx writes.
    bytes[1] = 9;
    await expect(loadModel(await written('sum.onnx', bytes))).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
    });
  });
});

describe('a whole file of another kind is called that', () => {
  test.each<[string, RegExp]>([
    ['state.pt', /^a checkpoint of PyTorch is not read: save its weights with safetensors\.torch\.save_file/],
    ['legacy.pt', /^a checkpoint of PyTorch/],
    ['keras.h5', /^a model of Keras is not read: convert it to ONNX with python -m tf2onnx\.convert --keras/],
    ['weights.npz', /^an \.npz archive of NumPy is not read as a model/],
    ['convolution.onnx', /^ONNX operator Conv \(node conv1\) is not one of Gemm, MatMul, Add/],
  ])('%s, written by its program', async (name, sentence) => {
    await expectKind(fixture(name), sentence);
  });

  test.each<[string, string, RegExp]>([
    ['model.pkl', '\x80\x04\x95', /^a pickle of Python is not read/],
    ['model.tflite', '\x1c\0\0\0TFL3\0', /^a model of TensorFlow Lite is not read/],
    ['model.gguf', 'GGUF\x03\0\0\0', /^a GGUF file holds a language model/],
    ['w.npy', '\x93NUMPY\x01\0', /^an \.npy file holds a single array/],
    ['model.keras', 'PK\x03\x04metadata.json', /^a model of Keras is not read/],
    ['saved_model.pb', '\x08\x01\x12\x02', /^a TensorFlow SavedModel is not read/],
    ['model.onnx', '\x1f\x8b\x08', /^the model is compressed with gzip/],
    ['pointer.safetensors', 'version https://git-lfs.github.com/spec/v1\n', /^a pointer of Git LFS/],
    ['page.onnx', '<!DOCTYPE html><html>', /^a web page \(HTML\)/],
    ['table.csv', 'label,pixel0\n', /^unknown model format: expected a file of safetensors, ONNX or JSON/],
    [
      'brain.json',
      '{"type":"NeuralNetwork","sizes":[2,1],"layers":[]}',
      /^a network of brain\.js is not read/,
    ],
    ['model.json', '{"format":"layers-model","modelTopology":{}}', /^a model of TensorFlow\.js is not read/],
    ['config.json', '{"data":"mnist"}', /^JSON of another kind/],
  ])('%s', async (name, content, sentence) => {
    await expectKind(await written(name, Buffer.from(content, 'latin1')), sentence);
  });

  test('a folder of TensorFlow', async () => {
    const model = path.join(folder, 'saved');
    await mkdir(model);
    await writeFile(path.join(model, 'saved_model.pb'), '');
    await expectKind(model, /^a TensorFlow SavedModel is not read/);
  });

  async function expectKind(file: string, sentence: RegExp): Promise<void> {
    await expect(loadModel(file)).rejects.toMatchObject({
      code: 'MODEL_KIND',
      exitCode: 6,
      sentence: expect.stringMatching(sentence),
    });
  }
});

describe('--input-scale', () => {
  test.each<[string, number, number]>([
    ['0..1', 0, 1],
    ['0..255', 0, 255],
    ['-1..1', -1, 1],
    ['1..0', 1, 0],
    ['0.1307,0.3081', -0.1307 / 0.3081, (1 - 0.1307) / 0.3081],
    [' .5, 0.5 ', -1, 1],
  ])('%s', (typed, low, high) => {
    expect(parseInputScale(typed)).toEqual({ low, high });
  });

  test.each(['', '1', '0..0', '0..', '0,0', '0.5,', 'a..b', '0..1..2', '1e999..0', 'Infinity..1'])(
    'refuses %s',
    (typed) => {
      expect(() => parseInputScale(typed)).toThrow(
        new MicronnError(
          'OPTION_VALUE',
          `--input-scale must be 0..1 for pixels divided by 255, 0..255 for bytes, -1..1, or mean,std as 0.1307,0.3081 for normalised pixels, got ${JSON.stringify(typed)}`,
        ),
      );
    },
  );

  test('is asked for where it is not known, and folded into the first layer', async () => {
    const model = await loadModel(fixture('pytorch-f32.safetensors'));
    expect(() => withUnitInputs(model, undefined)).toThrow(
      expect.objectContaining({ code: 'MODEL_AMBIGUOUS', exitCode: 6 }),
    );
    const unit = withUnitInputs(model, parseInputScale('0..1'));
    expect(unit).toEqual({ ...model, inputScale: 'unit' });
    // The same network as PyTorch exported with its normalisation inside.
    const normalized = withUnitInputs(model, parseInputScale('0.1307,0.3081'));
    const inside = await loadModel(fixture('pytorch-normalized.onnx'));
    expect(classesOf(normalized)).toBe(classesOf(inside));
    expect(classesOf(normalized)).not.toBe(classesOf(unit));
    const furthest = inside.parameters.reduce(
      (most, value, k) => Math.max(most, Math.abs(value - normalized.parameters[k]!)),
      0,
    );
    // The constants of the graph are float32, those typed float64.
    expect(furthest).toBeLessThan(1e-5);
  });

  test('conflicts with a model that says it', async () => {
    const network = createNetwork([4, 2], { seed: 1 });
    const bytes = encodeSafetensors({ tensors: modelTensors(network), metadata: {} });
    const model = await loadModel(await written('own.safetensors', bytes));
    expect(withUnitInputs(model, undefined)).toBe(model);
    expect(withUnitInputs(model, { low: 0, high: 1 })).toBe(model);
    expect(() => withUnitInputs(model, { low: 0, high: 255 })).toThrow(
      expect.objectContaining({ code: 'OPTION_CONFLICT', exitCode: 2 }),
    );
  });
});
