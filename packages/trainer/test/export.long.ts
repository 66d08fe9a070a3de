import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { argmax, createNetwork, forward } from '@micronn/core';
import { stringifyModel } from '@micronn/core/json';
import { decodeOnnx, type PixelScale, pixelScales } from '@micronn/core/onnx';
import { readMnist } from '@micronn/fixtures/node';
import ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel, parametersSha256 } from '../src/run-folder/model-file.ts';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';

const COUNT = 10_000;
const CLASSES = 10;
const { images, labels } = readMnist('test', 0, COUNT);

/** The probabilities of all images by onnxruntime, in batches of the given size. */
async function runOnnx(file: string, scale: PixelScale, batch: number, count: number): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(file);
  const [input, divisor] = scale === 'inside' ? ['pixels', 1] : ['x', 255];
  expect([session.inputNames, session.outputNames]).toEqual([[input], ['probabilities']]);
  const probabilities = new Float32Array(count * CLASSES);
  for (let from = 0; from < count; from += batch) {
    const m = Math.min(batch, count - from);
    const pixels = Float32Array.from(images.subarray(from * 784, (from + m) * 784), (byte) => byte / divisor);
    const result = await session.run({ [input]: new ort.Tensor('float32', pixels, [m, 784]) });
    expect(result['probabilities']!.dims).toEqual([m, CLASSES]);
    probabilities.set(result['probabilities']!.data as Float32Array, from * CLASSES);
  }
  await session.release();
  return probabilities;
}

function classesOf(values: Float32Array | Float64Array): number[] {
  const probabilities = Float64Array.from(values);

  return [...argmax(probabilities, CLASSES)];
}

function confusionOf(predictions: readonly number[]): number[][] {
  const counts = Array.from({ length: CLASSES }, () => Array<number>(CLASSES).fill(0));
  for (const [i, prediction] of predictions.entries()) counts[labels[i]!]![prediction]!++;
  return counts;
}

describe('a network of two hidden layers, trained and exported', () => {
  let cwd = '';
  let own: Float64Array;
  beforeAll(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'micronn-export-'));
    await doneOf(['--epochs', '1', '--hidden', '32,16', '--init', 'he', '--out', 'run'], { cwd });
    const x = Float64Array.from(images, (byte) => byte / 255);
    own = forward(await loadModel(path.join(cwd, 'run')), x).probabilities;
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test.each(pixelScales)(
    'onnxruntime takes all 10,000 test images for what we do, probabilities within 1e-5: scale %s',
    async (scale) => {
      const out = `${scale}.onnx`;
      const exported = await doneOf(['export', 'run', '--scale', scale, '--out', out], { cwd });
      const file = path.join(cwd, out);
      const { parameters } = await loadModel(path.join(cwd, 'run'));
      expect(exported).toEqual({
        event: 'done',
        model: path.join(cwd, 'run', 'best.safetensors'),
        format: 'onnx',
        scale,
        layers: [784, 32, 16, 10],
        parametersSha256: parametersSha256(parameters),
        file,
      });
      const probabilities = await runOnnx(file, scale, COUNT, COUNT);
      let furthest = 0;
      for (let k = 0; k < own.length; k++) {
        furthest = Math.max(furthest, Math.abs(own[k]! - probabilities[k]!));
      }
      expect(furthest).toBeLessThan(1e-5);
      expect(classesOf(probabilities)).toEqual(classesOf(own));
    },
  );

  test('a batch may have any size', async () => {
    const file = path.join(cwd, 'run', 'model.onnx');
    const all = await runOnnx(file, 'inside', 70, 70);
    for (const batch of [1, 7, 64]) {
      const parts = await runOnnx(file, 'inside', batch, 70);
      expect(classesOf(parts)).toEqual(classesOf(all));
      for (const [k, value] of parts.entries()) expect(Math.abs(value - all[k]!)).toBeLessThan(1e-6);
    }
  });

  test('the run writes its best model as model.onnx, the same file as that of export', async () => {
    const bytes = await readFile(path.join(cwd, 'run', 'model.onnx'));
    await doneOf(['export', 'run', '--out', 'best.onnx'], { cwd });
    expect(await readFile(path.join(cwd, 'best.onnx'))).toEqual(bytes);
    const { scale, metadata } = decodeOnnx(bytes);
    expect(scale).toBe('inside');
    expect(metadata).toMatchObject({ exportedFrom: 'best.safetensors', epoch: '1', layers: '784,32,16,10' });
    expect(JSON.parse(metadata['configuration']!)).toMatchObject({ hidden: [32, 16], init: 'he', seed: 42 });
  });

  test('evaluate finds the same in every format, and what onnxruntime does', async () => {
    const { model: _, ...expected } = await doneOf(['evaluate', 'run'], { cwd });
    expect(expected['confusionMatrix']).toEqual(confusionOf(classesOf(own)));
    let from = 'run';
    // Each file is exported from the previous one.
    for (const to of ['a.json', 'b.onnx', 'c.safetensors']) {
      await doneOf(['export', from, '--out', to], { cwd });
      const { model, ...found } = await doneOf(['evaluate', to], { cwd });
      expect(model).toBe(path.join(cwd, to));
      expect(found).toEqual(expected);
      from = to;
    }
    const { metadata } = await loadModel(path.join(cwd, from));
    expect(metadata).toMatchObject({ epoch: '1', exportedFrom: 'b.onnx' });
    expect(metadata).not.toHaveProperty('position');
  });

  test('a person reads what was written where', async () => {
    const { stdout, stderr, code } = await runCli(['export', 'run', '--out', 'told/model.onnx'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { parameters } = await loadModel(path.join(cwd, 'run'));
    expect(stdout).toBe(`  model       run/best.safetensors · 784 → 32 → 16 → 10
  format      onnx · takes pixels from 0 to 255; the model divides them by 255
  parameters  sha256 ${parametersSha256(parameters)}
  saved in    told/model.onnx
`);
  });
});

describe('a wrong export gets exit code 2, and nothing is written over', () => {
  test('a file that is there, or a folder that is none', async () => {
    const cwd = await temporaryFolder();
    const model = stringifyModel({ network: createNetwork([784, 10], { seed: 1 }), metadata: {} });
    await writeFile(path.join(cwd, 'model.json'), model);
    await writeFile(path.join(cwd, 'model.onnx'), 'mine');
    expect(await runCli(['export', 'model.json', '--format', 'onnx', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [
        {
          code: 'EXPORT_FILE',
          message: `${path.join(cwd, 'model.onnx')}: the file already exists`,
        },
      ],
    });
    expect(await readFile(path.join(cwd, 'model.onnx'), 'utf8')).toBe('mine');
    const out = ['--out', 'model.onnx/a.onnx', '--json'];
    expect(await runCli(['export', 'model.json', ...out], { cwd })).toMatchObject({
      code: 2,
      events: [
        {
          code: 'EXPORT_FILE',
          message: expect.stringContaining('model.onnx/a.onnx: cannot write the file: '),
        },
      ],
    });
  });
});

describe('a missing model, or one that does not fit the data, gets its sentence and exit code 6', () => {
  test.each([
    [
      [784, 5],
      'the model does not fit the data mnist: label 1 is 7: expected one of the 5 classes 0, 1, 2, 3, 4',
    ],
    [
      [100, 10],
      'the model does not fit the data mnist: expected images of 10 × 10 pixels, as the network has learned, got 28 × 28: --size 10x10 resamples them',
    ],
  ])('layers %j', async (layers, sentence) => {
    const cwd = await temporaryFolder();
    const file = path.join(cwd, 'model.json');
    await writeFile(file, stringifyModel({ network: createNetwork(layers, { seed: 1 }), metadata: {} }));
    const evaluated = await runCli(['evaluate', 'model.json', '--json', '--threads', '1'], { cwd });
    expect(evaluated).toMatchObject({
      code: 6,
      stderr: '',
      events: [{ event: 'error', code: 'MODEL_SHAPE', message: `${file}: ${sentence}`, file }],
    });
  });

  test('a folder that is not a run folder', async () => {
    const cwd = await temporaryFolder();
    await mkdir(path.join(cwd, 'run'));
    const found = 'model not found: expected a .safetensors, .onnx or .json file, or a run folder';
    for (const [command, name] of [
      [['evaluate', 'run'], 'last.safetensors'],
      [['export', 'run', '--format', 'json'], 'best.safetensors'],
    ] as const) {
      expect(await runCli([...command, '--json'], { cwd })).toMatchObject({
        code: 6,
        events: [{ code: 'MODEL_NOT_FOUND', message: `${path.join(cwd, 'run', name)}: ${found}` }],
      });
    }
    expect(await readdir(path.join(cwd, 'run'))).toEqual([]);
  });
});
