import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork, encodeSafetensors, type Tensor } from '@micronn/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('a file that is no model of ours is refused with its reason', () => {
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    values: new Float32Array(shape.reduce((product, size) => product * size, 1)),
  });
  test.each<[Record<string, Tensor>, string]>([
    [{}, 'expected tensors W1, b1, W2, b2, …, found no W1'],
    [{ W1: tensor(6), b1: tensor(2) }, 'expected tensor W1 to be a matrix (outputs, inputs), got shape [6]'],
    [{ W1: tensor(2, 3), b2: tensor(2) }, 'expected a tensor b1, found none'],
    [{ W1: tensor(2, 3), b1: tensor(3) }, 'expected tensor b1 of shape [2], got [3]'],
    [
      { W1: tensor(2, 3), b1: tensor(2), W2: tensor(4, 3), b2: tensor(4) },
      'expected tensor W2 of shape [4, 2], got [4, 3]',
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
