import { appendFile, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Network } from '@micronn/core';
import { stringify } from 'csv-stringify/sync';
import { MicronnError, systemCode } from '../errors.ts';
import { syncFolder, writeWhole } from '../files/write-whole.ts';
import { LAST_MODEL, saveModel } from './model-file.ts';

/** What an epoch left in numbers. Losses in nats per sample, accuracies as shares from 0 to 1. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** Over the epoch's samples, each as it was when its own minibatch was computed. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly testLoss?: number;
  readonly testAccuracy?: number;
  /** Of gradient work and steps, without evaluation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

/** The folder of one run: config.json, metrics.jsonl, metrics.csv and last.safetensors. */
export interface RunFolder {
  readonly folder: string;
  /** Keeps an epoch's metrics and the model as it stands. */
  saveEpoch(metrics: EpochMetrics, network: Network): Promise<void>;
}

const columns = [
  'epoch',
  'trainLoss',
  'trainAccuracy',
  'validationLoss',
  'validationAccuracy',
  'testLoss',
  'testAccuracy',
  'seconds',
  'samplesPerSecond',
] as const satisfies readonly (keyof EpochMetrics)[];

/**
 * Checks before anything is computed that the run will have a place to leave its results.
 *
 * @throws MicronnError (exit code 2) when the folder holds something already
 */
export async function assertFree(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const entries = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw new MicronnError(
      'RUN_FOLDER',
      '--out must be a folder that is new or empty, got a file or one that cannot be read',
      { file: folder },
      { cause: error },
    );
  });
  if (entries.length > 0) {
    throw new MicronnError(
      'RUN_FOLDER',
      `--out must be a folder that is new or empty, got one that holds ${entries[0]}`,
      { file: folder },
    );
  }
}

/**
 * Makes the run folder, whole from the first moment: it is filled under another name and then renamed.
 *
 * @param folder new or empty
 */
export async function createRunFolder(
  folder: string,
  configuration: unknown,
  initial: Network,
): Promise<RunFolder> {
  const parent = path.dirname(folder);
  let partial: string | undefined;
  try {
    await mkdir(parent, { recursive: true });
    partial = path.join(parent, `.${path.basename(folder)}.${process.pid}.tmp`);
    await mkdir(partial);
    await writeWhole(path.join(partial, 'config.json'), `${JSON.stringify(configuration, null, 2)}\n`);
    await writeWhole(path.join(partial, 'metrics.jsonl'), '');
    await writeWhole(path.join(partial, 'metrics.csv'), stringify([[...columns]]));
    await saveModel(path.join(partial, LAST_MODEL), initial, configuration, 0);
    // An empty folder of that name gives way (Windows does not rename onto one).
    await rmdir(folder).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
    await rename(partial, folder);
    await syncFolder(parent);
  } catch (cause) {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
    throw new MicronnError(
      'RUN_FOLDER',
      `expected to write the run folder, got ${(cause as Error).message}`,
      { file: folder },
      { cause },
    );
  }

  return {
    folder,
    async saveEpoch(metrics, network) {
      await appendFile(path.join(folder, 'metrics.jsonl'), `${JSON.stringify(metrics)}\n`);
      await appendFile(
        path.join(folder, 'metrics.csv'),
        stringify([columns.map((column) => metrics[column])]),
      );
      await saveModel(path.join(folder, LAST_MODEL), network, configuration, metrics.epoch);
    },
  };
}

/** A folder named after the time in `runs`, as runs/2026-01-31T12-00-00; with a number behind it when that is taken. */
export async function nameByTime(runs: string): Promise<string> {
  const taken = new Set(await readdir(runs).catch(() => []));
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const name = local.toISOString().slice(0, 19).replaceAll(':', '-');
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  return path.join(runs, free);
}
