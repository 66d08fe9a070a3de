import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork, encodeSafetensors, type Network, type Tensor } from '@micronn/core';
import { stringifyModel } from '@micronn/core/json';
import { encodeOnnx } from '@micronn/core/onnx';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MicronnError } from '../errors.ts';
import { loadModel, modelTensors, parametersSha256 } from './model-file.ts';
import { encodeSealed } from './seal.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what is saved is loaded to the last bit, from its file or from its run folder', async () => {
  const network = createNetwork([5, 4, 3, 2], { seed: 3, init: 'glorot' });
  const file = path.join(folder, 'last.safetensors');
  await writeFile(file, encodeSealed({ tensors: modelTensors(network), metadata: {} }));
  expect(await loadModel(file)).toMatchObject({ ...network, file });
  expect(await loadModel(folder)).toMatchObject({ ...network, file });
});

test('parametersSha256 is the SHA-256 of the float32 values in canonical order', () => {
  // printf '\x00\x00\x80\x3f\x00\x00\x00\xc0' | sha256sum
  expect(parametersSha256(Float64Array.of(1, -2))).toBe(
    'ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b',
  );
});

describe('a file that is not a model of MicroNN is refused with the reason', () => {
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    values: new Float32Array(shape.reduce((product, size) => product * size, 1)),
  });
  test.each<[Record<string, Tensor>, string]>([
    [{}, 'tensor W1 is missing: expected W1, b1, W2, b2, …'],
    [{ W1: tensor(6), b1: tensor(2) }, 'expected tensor W1 to be a matrix (outputs, inputs), got shape [6]'],
    [{ W1: tensor(2, 3), b2: tensor(2) }, 'tensor b1 is missing'],
    [{ W1: tensor(2, 3), b1: tensor(4) }, 'expected tensor b1 of shape [2], got [4]'],
    [
      { W1: tensor(2, 3), b1: tensor(2), W2: tensor(4, 3), b2: tensor(4) },
      'expected tensor W2 of shape [4, 2], got [4, 3]',
    ],
    [
      { W1: tensor(2 ** 18, 1), b1: tensor(2 ** 18), W2: tensor(2 ** 18, 1), b2: tensor(2 ** 18) },
      'expected tensor W2 of shape [262144, 262144], got [262144, 1]',
    ],
    [
      { W1: tensor(2, 3), b1: tensor(2), extra: tensor(1) },
      'expected 2 tensors for 1 layers, got W1, b1, extra',
    ],
  ])('%#', async (tensors, sentence) => {
    const file = path.join(folder, 'other.safetensors');
    await writeFile(file, encodeSafetensors({ tensors: new Map(Object.entries(tensors)), metadata: {} }));
    await expect(loadModel(file)).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      exitCode: 6,
      message: `${file}: ${sentence}`,
    });
  });
});

describe('an invalid file of any format gets its sentence', () => {
  const network = createNetwork([784, 10], { seed: 1 });
  const safetensors = (of: Network, metadata: Record<string, string> = {}): Uint8Array =>
    encodeSafetensors({ tensors: modelTensors(of), metadata });
  const onnx = encodeOnnx({ network, scale: 'inside', metadata: {} });
  const json = stringifyModel({ network, metadata: {} });
  const withParameter = (value: number): Network => ({
    ...network,
    parameters: network.parameters.with(7847, value),
  });
  /** encodeOnnx refuses parameters that are not finite, so the bytes of one are replaced afterwards. */
  const withInfinity = (bytes: Uint8Array, value: number): Uint8Array => {
    const patched = Buffer.from(bytes);
    const at = patched.indexOf(Buffer.from(Float32Array.of(value).buffer));
    patched.writeFloatLE(Infinity, at);
    return patched;
  };
  const noJson = 'expected a model in JSON, got something else';

  test.each<[string, string | Uint8Array, string]>([
    ['nothing.safetensors', '', "expected at least 8 bytes for the header's length, got 0"],
    [
      'text.safetensors',
      'This is no model.',
      'expected a header of at most 100000000 bytes, got 2338328219631577172',
    ],
    [
      'cut-off.safetensors',
      safetensors(network).subarray(0, -1),
      'expected 31400 bytes of tensors after the header, got 31399',
    ],
    [
      'other-parameters.safetensors',
      safetensors(network, { parametersSha256: 'abc' }),
      `expected parameters with SHA-256 abc, got ${parametersSha256(network.parameters)}`,
    ],
    [
      'other-parameters.json',
      stringifyModel({ network, metadata: { parametersSha256: 'x'.repeat(1000) } }),
      `expected parameters with SHA-256 ${'x'.repeat(64)}, got ${parametersSha256(network.parameters)}`,
    ],
    [
      'other-parameters.onnx',
      encodeOnnx({ network, scale: 'inside', metadata: { parametersSha256: '\u001b[2J' } }),
      `expected parameters with SHA-256 \\u001b[2J, got ${parametersSha256(network.parameters)}`,
    ],
    [
      'not-a-number.safetensors',
      safetensors(withParameter(Number.NaN)),
      'expected finite parameters, got NaN in b1',
    ],
    [
      'infinite.onnx',
      withInfinity(encodeOnnx({ network: withParameter(1234.5), scale: 'outside', metadata: {} }), 1234.5),
      'expected b1[7] to be a number that float32 can hold, got Infinity',
    ],
    ['nothing.onnx', '', 'expected an ONNX model, got a file without a graph'],
    [
      'cut-off.ONNX',
      onnx.subarray(0, 20_000),
      'expected an ONNX model, got something else, or one that is cut off',
    ],
    ['nothing.json', '', noJson],
    [
      'bytes.json',
      Uint8Array.of(0x22, 0xff, 0x22),
      'expected a model in JSON, but the file is not UTF-8 text',
    ],
    [
      'other-member.json',
      '{"format":"micronn","data":"mnist"}',
      'expected a model to have format, version, metadata, layers, parameters, got data too',
    ],
    ['long.json', json.replace(/\]\n\}/, ',1]\n}'), 'expected b1 to be a list of 10 numbers, got 11'],
  ])('%s', async (name, content, sentence) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    await expect(loadModel(file)).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      exitCode: 6,
      message: `${file}: ${sentence}`,
    });
  });

  test('a safetensors model whose bytes are changed anywhere is a model or a sentence', async () => {
    const small = safetensors(createNetwork([3, 2, 2], { seed: 1 }));
    const file = path.join(folder, 'changed.safetensors');
    const change = fc.tuple(fc.nat(small.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = small.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        await writeFile(file, bytes);
        const outcome = await loadModel(file).catch((error: unknown) => error);
        if (!(outcome instanceof MicronnError)) expect(outcome).toMatchObject({ layers: [3, 2, 2] });
      }),
      { numRuns: 300 },
    );
  });
});

test('a byte-order mark before JSON and capitals in a file name are accepted', async () => {
  const network = createNetwork([4, 2], { seed: 1 });
  const file = path.join(folder, 'MODEL.JSON');
  await writeFile(file, `\uFEFF${stringifyModel({ network, metadata: { a: 'b' } })}`);
  expect(await loadModel(file)).toMatchObject({ ...network, metadata: { a: 'b' }, file });
});
