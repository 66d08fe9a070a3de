import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createNetwork } from '@micronn/core';
import { decodeOnnx } from '@micronn/core/onnx';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { BEST_MODEL, LAST_MODEL, ONNX_MODEL } from './file-names.ts';
import { loadModel, modelTensors } from './model-file.ts';
import { encodeModel, modelFormats, saveBestAsOnnx } from './model-formats.ts';
import { encodeSealed } from './seal.ts';

const [best, last] = [1, 2].map((seed) => createNetwork([5, 4, 3], { seed })) as [Network, Network];
type Network = ReturnType<typeof createNetwork>;

const unexpected = (code: string, message: string): never => expect.unreachable(`${code}: ${message}`);

test('every format keeps every bit of the parameters, and the metadata but what is of the file alone', async () => {
  const folder = await temporaryFolder();
  const model = {
    ...best,
    velocity: best.parameters,
    inputScale: 'unit' as const,
    metadata: { seed: '42', note: 'é', position: '{}', contentSha256: 'abc', layers: 'wrong' },
  };
  for (const format of modelFormats) {
    const file = path.join(folder, `model.${format}`);
    await writeFile(file, encodeModel(model, '/runs/1/best.safetensors', format, 'outside'));
    const { metadata, velocity, ...loaded } = await loadModel(file);
    expect(loaded).toEqual({ ...best, file, inputScale: 'unit' });
    expect(velocity).toHaveLength(0);
    const { contentSha256: _, ...kept } = metadata;
    expect(kept).toEqual({
      seed: '42',
      note: 'é',
      layers: '5,4,3',
      parametersSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      exportedFrom: 'best.safetensors',
    });
  }
});

test('saveBestAsOnnx leaves the best model, not the last', async () => {
  const folder = await temporaryFolder();
  for (const [name, network] of [
    [BEST_MODEL, best],
    [LAST_MODEL, last],
  ] as const) {
    await writeFile(path.join(folder, name), encodeSealed({ tensors: modelTensors(network), metadata: {} }));
  }
  await saveBestAsOnnx(folder, unexpected);
  const { network, scale, metadata } = decodeOnnx(await readFile(path.join(folder, ONNX_MODEL)));
  expect(network).toEqual(best);
  expect(scale).toBe('inside');
  expect(metadata['exportedFrom']).toBe('best.safetensors');
});

test('saveBestAsOnnx warns when the best model is damaged, and leaves what is there', async () => {
  const folder = await temporaryFolder();
  const warnings: string[][] = [];
  const warn = (...warning: string[]) => void warnings.push(warning);
  const file = path.join(folder, BEST_MODEL);
  await saveBestAsOnnx(folder, warn);
  await writeFile(file, 'no model');
  await saveBestAsOnnx(folder, warn);
  expect(warnings).toEqual([
    ['BEST_DAMAGED', `${file}: file not found; ${ONNX_MODEL} is not written`],
    [
      'BEST_DAMAGED',
      `${file}: expected a header of at most 100000000 bytes, got 7810759558478983022; ${ONNX_MODEL} is not written`,
    ],
  ]);
  expect(await readdir(folder)).toEqual([BEST_MODEL]);
});

test('saveBestAsOnnx says when it cannot write', async () => {
  const folder = await temporaryFolder();
  const bytes = encodeSealed({ tensors: modelTensors(best), metadata: {} });
  await writeFile(path.join(folder, BEST_MODEL), bytes);
  // A file cannot replace a folder.
  await mkdir(path.join(folder, ONNX_MODEL));
  await expect(saveBestAsOnnx(folder, unexpected)).rejects.toMatchObject({
    code: 'RUN_FOLDER',
    exitCode: 2,
    message: expect.stringMatching(/model\.onnx: cannot write the model: E/),
  });
});
