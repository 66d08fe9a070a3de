import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork } from '@micronn/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BEGIN } from '../training/position.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createRunFolder, createTimedRunFolder } from './create-run-folder.ts';
import { newOwner } from './lock-owner.ts';
import type { EpochMetrics } from './metrics-files.ts';
import { loadModel } from './model-file.ts';
import { assertRoom, continueRunFolder, type RunFolder } from './run-folder.ts';
import { loadRun } from './saved-run.ts';

const layers = [4, 3, 2];

/** A distinct state for each epoch. */
function checkpointAfter(epoch: number, step = 0, best = epoch): Checkpoint {
  return {
    layers,
    state: {
      parameters: createNetwork(layers, { seed: 100 * epoch + step }).parameters,
      velocity: new Float64Array(0),
    },
    position: { ...BEGIN, epoch, step, ...(best > 0 && { best: { epoch: best, loss: 1 / best } }) },
    configuration: { momentum: 0, epochs: 9 },
    data: 'some',
  };
}

function metricsOf(epoch: number): EpochMetrics {
  return { epoch, trainLoss: 1 / epoch, trainAccuracy: 0.5, seconds: 0.25, samplesPerSecond: 16 };
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'micronn-run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A run of three epochs, of which the second is the best, and one step. */
async function runOfThree(): Promise<{ folder: string; run: RunFolder }> {
  const folder = path.join(await emptyFolder(), 'run');
  const run = await createRunFolder(folder, checkpointAfter(0));
  await run.saveEpoch(metricsOf(1), checkpointAfter(1), true);
  await run.saveEpoch(metricsOf(2), checkpointAfter(2), true);
  await run.saveEpoch(metricsOf(3), checkpointAfter(3, 0, 2), false);
  await run.saveCheckpoint(checkpointAfter(3, 1, 2));
  return { folder, run };
}

async function damage(...parts: [string, ...string[]]): Promise<void> {
  const file = path.join(...parts);
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 0x10;
  await rm(file);
  await writeFile(file, bytes);
}

async function load(folder: string) {
  const warnings: string[] = [];
  const run = await loadRun(folder, (code, message) => warnings.push(`${code}: ${message}`));
  return { ...run, warnings };
}

const SUMS = /SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/g;
const withoutSums = (text: string): string => text.replace(SUMS, 'SHA-256 #, got #');

describe('the run folder', () => {
  test('holds the last state, the previous one, the best model, and the metrics of complete epochs', async () => {
    const { folder } = await runOfThree();
    expect(await readdir(folder)).toEqual([
      '.lock',
      'best.safetensors',
      'config.json',
      'last.safetensors',
      'metrics.csv',
      'metrics.jsonl',
      'previous.safetensors',
    ]);
    const { checkpoint, epochs, keepBest, warnings } = await load(folder);
    expect(checkpoint).toEqual(checkpointAfter(3, 1, 2));
    expect(epochs).toEqual([metricsOf(1), metricsOf(2), metricsOf(3)]);
    expect({ keepBest, warnings }).toEqual({ keepBest: true, warnings: [] });
    const modelAt = async (name: string) => (await loadModel(path.join(folder, name))).parameters;
    expect(await modelAt('previous.safetensors')).toEqual(checkpointAfter(3).state.parameters);
    expect(await modelAt('best.safetensors')).toEqual(checkpointAfter(2).state.parameters);
    expect((await loadModel(folder)).parameters).toEqual(checkpointAfter(3, 1).state.parameters);
    expect(await readFile(path.join(folder, 'config.json'), 'utf8')).toBe(
      '{\n  "momentum": 0,\n  "epochs": 9\n}\n',
    );
  });

  test('a reader finds it complete at any moment of saving', async () => {
    const { folder, run } = await runOfThree();
    const over = new AbortController();
    let looks = 0;
    const look = async (): Promise<void> => {
      while (!over.signal.aborted) {
        expect((await load(folder)).warnings).toEqual([]);
        looks++;
      }
    };
    const looking = Promise.all([look(), look()]);
    for (let step = 2; step < 100; step++) await run.saveCheckpoint(checkpointAfter(3, step, 2));
    over.abort();
    await looking;
    expect(looks).toBeGreaterThan(0);
  });

  test('a damaged last is recognised, the one before it is taken with a warning, and the metrics agree', async () => {
    const { folder, run } = await runOfThree();
    await run.saveEpoch(metricsOf(4), checkpointAfter(4), true);
    await damage(folder, 'last.safetensors');
    const { checkpoint, epochs, warnings } = await load(folder);
    expect(checkpoint.position).toMatchObject({ epoch: 3, step: 1 });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(warnings.map(withoutSums)).toEqual([
      `CHECKPOINT_DAMAGED: ${path.join(folder, 'last.safetensors')}: expected content with SHA-256 #, got #; the run continues from the previous checkpoint, after epoch 3 and 1 steps`,
    ]);
    await continueRunFolder(folder, checkpoint, epochs, true, run.lock);
    expect((await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).split('\n')).toHaveLength(4);
    expect((await readFile(path.join(folder, 'metrics.csv'), 'utf8')).split('\n')).toHaveLength(5);
    // The damaged checkpoint has not replaced the previous one.
    expect((await load(folder)).warnings).toEqual([]);
    await damage(folder, 'last.safetensors');
    expect((await load(folder)).checkpoint).toEqual(checkpoint);
    await rm(path.join(folder, 'last.safetensors'));
    expect((await load(folder)).warnings).toEqual([
      `CHECKPOINT_DAMAGED: ${path.join(folder, 'last.safetensors')}: file not found; the run continues from the previous checkpoint, after epoch 3 and 1 steps`,
    ]);
  });

  test('both damaged, or none there: exit code 6', async () => {
    const { folder } = await runOfThree();
    await damage(folder, 'last.safetensors');
    await damage(folder, 'previous.safetensors');
    await expect(load(folder)).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      exitCode: 6,
      message: expect.stringMatching(
        /: no usable checkpoint: last.safetensors \(expected content with SHA-256 \w+, got \w+\) and previous.safetensors \(expected content with SHA-256 \w+, got \w+\)$/,
      ),
    });
    const empty = await emptyFolder();
    await expect(load(empty)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      exitCode: 6,
      message: `${empty}: no usable checkpoint: last.safetensors (file not found) and previous.safetensors (file not found)`,
    });
  });

  test('a folder in the place of the last model counts as damaged', async () => {
    const { folder } = await runOfThree();
    await rm(path.join(folder, 'last.safetensors'));
    await mkdir(path.join(folder, 'last.safetensors'));
    expect((await load(folder)).warnings).toEqual([
      `CHECKPOINT_DAMAGED: ${path.join(folder, 'last.safetensors')}: expected a file, but this is a folder; the run continues from the previous checkpoint, after epoch 3`,
    ]);
  });

  test('a damaged best model is reported, and written again if the checkpoint is the best', async () => {
    const { folder, run } = await runOfThree();
    await damage(folder, 'best.safetensors');
    const { keepBest, warnings } = await load(folder);
    expect(keepBest).toBe(true);
    expect(warnings.map(withoutSums)).toEqual([
      `BEST_DAMAGED: ${path.join(folder, 'best.safetensors')}: expected content with SHA-256 #, got #; kept until an epoch improves on epoch 2`,
    ]);
    await run.saveEpoch(metricsOf(4), checkpointAfter(4), true);
    await damage(folder, 'best.safetensors');
    const saved = await load(folder);
    expect(saved.warnings).toEqual([]);
    await continueRunFolder(folder, saved.checkpoint, saved.epochs, saved.keepBest, run.lock);
    expect((await loadModel(path.join(folder, 'best.safetensors'))).parameters).toEqual(
      checkpointAfter(4).state.parameters,
    );
  });

  test.each([
    ['cut in the middle of a line', (text: string) => text.slice(0, -20), 2],
    ['a line changed', (text: string) => text.replace('"epoch":2', '"epoch":7'), 2],
    ['a line that is no JSON', (text: string) => text.replace('{', ''), 2],
    ['a line of something else', (text: string) => text.replace(/^.*/, '[1]'), 2],
    ['gone', () => undefined, 0],
  ])('damaged metrics are reported, and all other lines kept: %s', async (_, change, whole) => {
    const { folder } = await runOfThree();
    const file = path.join(folder, 'metrics.jsonl');
    const changed = change(await readFile(file, 'utf8'));
    await rm(file);
    if (changed !== undefined) await writeFile(file, changed);
    const { epochs, warnings } = await load(folder);
    expect(epochs).toHaveLength(whole);
    expect(warnings).toEqual([
      `METRICS_DAMAGED: ${file}: only ${whole} of 3 epochs can be read; the metrics of the others are lost`,
    ]);
  });

  test('metrics that cannot be read stay as they are: exit code 2', async () => {
    const { folder } = await runOfThree();
    const file = path.join(folder, 'metrics.jsonl');
    await rm(file);
    await mkdir(file);
    await expect(load(folder)).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      exitCode: 2,
      message: expect.stringMatching(
        /metrics\.jsonl: cannot read the metrics: expected a file, but this is a folder$/,
      ),
    });
  });

  test('what a killed process left half written goes, and what is not ours stays', async () => {
    const { folder, run } = await runOfThree();
    const left = 'last.safetensors.01234567-89ab-cdef-0123-456789abcdef.tmp';
    await writeFile(path.join(folder, left), 'half');
    const mine = [
      'notes.tmp',
      `notes.txt${left.slice('last.safetensors'.length)}`,
      `last.safetensors.${'-'.repeat(36)}.tmp`,
    ];
    for (const name of mine) await writeFile(path.join(folder, name), 'mine');
    const { checkpoint, epochs } = await load(folder);
    await continueRunFolder(folder, checkpoint, epochs, true, run.lock);
    const names = await readdir(folder);
    expect(names).not.toContain(left);
    expect(names).toEqual(expect.arrayContaining(mine));
  });

  test('a save that fails loses nothing that was saved, and says so', async () => {
    const { folder, run } = await runOfThree();
    // A folder cannot be replaced by a file, not even by root.
    await rm(path.join(folder, 'previous.safetensors'));
    await mkdir(path.join(folder, 'previous.safetensors', 'in the way'), { recursive: true });
    await expect(run.saveCheckpoint(checkpointAfter(3, 2, 2))).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      exitCode: 2,
      message: expect.stringMatching(
        /: cannot write the run folder: E[A-Z]+: .*; earlier checkpoints are intact$/,
      ),
    });
    expect((await load(folder)).checkpoint).toEqual(checkpointAfter(3, 1, 2));
    expect((await readdir(folder)).filter((name) => name.startsWith('last'))).toEqual(['last.safetensors']);
  });

  test('an empty folder stays the one that it is, and is filled', async () => {
    const folder = await emptyFolder();
    const before = await stat(folder);
    await createRunFolder(folder, checkpointAfter(0));
    expect((await stat(folder)).ino).toBe(before.ino);
    expect((await load(folder)).checkpoint).toEqual(checkpointAfter(0));
    await expect(createRunFolder(folder, checkpointAfter(1))).rejects.toMatchObject({ code: 'RUN_FOLDER' });
    expect((await load(folder)).checkpoint).toEqual(checkpointAfter(0));
  });

  test('runs that begin in the same moment have folders of their own', async () => {
    const runs = path.join(await emptyFolder(), 'runs');
    const made = await Promise.all(
      [0, 1, 2, 3, 4].map((epoch) => createTimedRunFolder(runs, checkpointAfter(epoch))),
    );
    expect((await readdir(runs)).toSorted()).toEqual(
      made.map(({ folder }) => path.basename(folder)).toSorted(),
    );
    for (const [epoch, { folder }] of made.entries())
      expect((await load(folder)).checkpoint).toEqual(checkpointAfter(epoch));
  });

  test('a folder that was killed while it was created goes when the next run is created, and nothing else', async () => {
    const runs = await emptyFolder();
    const gone = { ...newOwner(), pid: spawnSync(process.execPath, ['--version']).pid };
    const name = (n: number) => `.run.01234567-89ab-cdef-0123-456789abcde${n}.tmp`;
    const left = async (folder: string, owner?: object) => {
      await mkdir(path.join(runs, folder));
      await writeFile(path.join(runs, folder, 'config.json'), '{}');
      if (owner) await writeFile(path.join(runs, folder, '.lock'), `${JSON.stringify(owner)}\n`);
    };
    await left(name(0), gone);
    await left(name(1), newOwner());
    await left(name(2), { ...gone, host: 'elsewhere' });
    await left(name(3));
    await left(name(5));
    const longAgo = new Date(Date.now() - 3_700_000);
    await utimes(path.join(runs, name(5)), longAgo, longAgo);
    await left('.run.mine.tmp', gone);
    await left('mine', gone);
    await writeFile(path.join(runs, name(4)), 'a file');
    const { folder, lock } = await createTimedRunFolder(runs, checkpointAfter(0));
    const kept = [name(1), name(2), name(3), name(4), '.run.mine.tmp', path.basename(folder), 'mine'];
    expect((await readdir(runs)).toSorted()).toEqual(kept.toSorted());
    await lock.release();
    await createRunFolder(path.join(runs, 'run'), checkpointAfter(0));
    expect((await readdir(runs)).toSorted()).toEqual([...kept, 'run'].toSorted());
  });

  test('a process that has lost the lock saves nothing more', async () => {
    const { folder, run } = await runOfThree();
    await rm(path.join(folder, '.lock'));
    const saves = [
      run.saveCheckpoint(checkpointAfter(3, 2, 2)),
      run.saveEpoch(metricsOf(4), checkpointAfter(4), true),
      continueRunFolder(folder, checkpointAfter(3), [], true, run.lock),
    ];
    for (const save of saves)
      await expect(save).rejects.toMatchObject({
        code: 'RUN_FOLDER',
        exitCode: 2,
        message: expect.stringContaining(`${folder}: this process has lost the lock of the run folder`),
      });
    const { checkpoint, epochs } = await load(folder);
    expect({ checkpoint, epochs: epochs.length }).toEqual({
      checkpoint: checkpointAfter(3, 1, 2),
      epochs: 3,
    });
  });

  test('a full disk is reported before training', async () => {
    const folder = await emptyFolder();
    await assertRoom(folder, 1000);
    await expect(assertRoom(folder, 2 ** 60)).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      exitCode: 2,
      message: expect.stringMatching(
        /: not enough disk space for the run folder: it needs 4611686018428.4 MB, but only [\d.]+ MB are free$/,
      ),
    });
  });

  test.each([
    ['nothing', async () => undefined, '--resume must be a run folder, but there is no such folder'],
    [
      'a file',
      (folder: string) => writeFile(folder, ''),
      '--resume must be a run folder, but this is a file',
    ],
  ])('--resume with %s there: exit code 2', async (_, make, sentence) => {
    const folder = path.join(await emptyFolder(), 'run');
    await make(folder);
    await expect(load(folder)).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      exitCode: 2,
      message: `${folder}: ${sentence}`,
    });
  });
});
