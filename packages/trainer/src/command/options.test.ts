import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork } from '@micronn/core';
import { expect, onTestFinished, test } from 'vitest';
import { createRunFolder } from '../run-folder/create-run-folder.ts';
import { writeMetrics } from '../run-folder/metrics-files.ts';
import { BEGIN, type Position } from '../training/position.ts';
import { resolveTrainOptions, type TrainRequest } from './options.ts';

const begun = {
  data: 'mnist',
  hidden: [3],
  epochs: 5,
  batchSize: 16,
  lr: 0.1,
  momentum: 0,
  seed: 42,
  threads: 2,
  shards: 4,
  parallel: 'data',
  init: 'uniform',
  backend: 'wasm',
  earlyStop: 'off',
  checkpointEvery: 'off',
  maxRestarts: 3,
  cache: true,
  validationSplit: 0.2,
};

/** The folder of a run at a position. */
async function runAt(position: Position, configuration: Record<string, unknown> = begun): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'micronn-options-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const layers = [784, 3, 10];
  const { parameters } = createNetwork(layers, { seed: 1 });
  const state = { parameters, velocity: new Float64Array(0) };
  const folder = path.join(parent, 'run');
  const run = await createRunFolder(folder, { layers, state, position, configuration, data: '' });
  await run.lock.release();
  const numbers = { trainLoss: 1, trainAccuracy: 0, seconds: 0, samplesPerSecond: 0 };
  await writeMetrics(
    folder,
    Array.from({ length: position.epoch }, (_, k) => ({ epoch: k + 1, ...numbers })),
  );
  return folder;
}

const warn = (code: string, message: string): void => {
  throw new Error(`${code}: ${message}`);
};

/** Resolves the options and releases the folder. */
async function resolve(flags: Record<string, unknown>): Promise<TrainRequest> {
  const request = await resolveTrainOptions(flags, warn);
  await request.lock?.release();
  return request;
}

test('a resumed run has its saved options, and those given that may change', async () => {
  const resume = await runAt({ ...BEGIN, step: 3 });
  expect((await resolve({ resume })).options).toEqual(begun);
  const changed = {
    epochs: '7',
    threads: '1',
    checkpointEvery: '5',
    earlyStop: '2',
    maxRestarts: '0',
    cache: false,
    // Repeated with the same values.
    lr: '0.10',
    hidden: '3',
    init: 'uniform',
  };
  const { options, saved } = await resolve({ resume, ...changed, data: '/elsewhere' });
  expect(options).toEqual({
    ...begun,
    epochs: 7,
    threads: 1,
    checkpointEvery: 5,
    earlyStop: 2,
    maxRestarts: 0,
    cache: false,
    data: path.resolve('/elsewhere'),
  });
  expect(saved?.checkpoint.position).toEqual({ ...BEGIN, step: 3 });
});

const fixed = (option: string, expected: string, got: string): string =>
  `--${option} cannot change on --resume: the run has ${expected}, got ${got}`;

test.each<[Record<string, unknown>, string]>([
  [{ lr: '0.2' }, fixed('lr', '0.1', '0.2')],
  [{ hidden: '10,10' }, fixed('hidden', '[3]', '[10,10]')],
  [{ batchSize: 'full' }, fixed('batch-size', '16', '"full"')],
  [{ momentum: '0.9' }, fixed('momentum', '0', '0.9')],
  [{ seed: '1' }, fixed('seed', '42', '1')],
  [{ shards: '8' }, fixed('shards', '4', '8')],
  [{ parallel: 'rows' }, fixed('parallel', '"data"', '"rows"')],
  [{ init: 'he' }, fixed('init', '"uniform"', '"he"')],
  [{ backend: 'reference' }, fixed('backend', '"wasm"', '"reference"')],
  [{ validationSplit: '0.1' }, fixed('validation-split', '0.2', '0.1')],
  [{ epochs: '2' }, '--epochs must be at least 3, the epoch that the run has reached, got 2'],
])('with --resume, %j is refused', async (flags, sentence) => {
  const resume = await runAt({ ...BEGIN, epoch: 2, step: 1 });
  await expect(resolve({ resume, ...flags })).rejects.toMatchObject({
    code: 'OPTION_CONFLICT',
    exitCode: 2,
    message: `${resume}: ${sentence}`,
  });
});

test.each([
  [16, 'rows'],
  ['full', 'data'],
])('a run saved before --parallel, with batch size %s, continues with %s', async (batchSize, parallel) => {
  const { parallel: _parallel, ...configuration } = { ...begun, batchSize };
  const resume = await runAt(BEGIN, configuration);
  expect((await resolve({ resume })).options).toEqual({ ...configuration, parallel });
  await expect(resolve({ resume, parallel: 'both' })).rejects.toThrow('--parallel must be one of data, rows');
});

test.each([
  ['last.safetensors', '--resume must be a run folder, but this is a file'],
  ['missing', '--resume must be a run folder, but there is no such folder'],
])('--resume with %s of a run: exit code 2', async (name, sentence) => {
  const resume = path.join(await runAt(BEGIN), name);
  await expect(resolve({ resume })).rejects.toMatchObject({
    code: 'RUN_FOLDER',
    exitCode: 2,
    message: `${resume}: ${sentence}`,
  });
});

test('a run at the end of its second epoch may end there', async () => {
  const resume = await runAt({ ...BEGIN, epoch: 2 });
  expect((await resolve({ resume, epochs: '2' })).options.epochs).toBe(2);
});

test.each([
  [{ out: '/new' }, `--out cannot be combined with --resume, got ${JSON.stringify(path.resolve('/new'))}`],
  [{ preset: 'notebook' }, '--preset cannot be combined with --resume, got "notebook"'],
])('with --resume, %j is refused as well', async (flags, message) => {
  const resume = await runAt(BEGIN);
  await expect(resolve({ resume, ...flags })).rejects.toMatchObject({
    code: 'OPTION_CONFLICT',
    exitCode: 2,
    message,
  });
});
