import { link, mkdir, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { MicronnError, systemCode } from '../errors.ts';
import { isThere } from '../files/is-there.ts';
import {
  isTemporaryName,
  syncFolder,
  takeName,
  temporaryName,
  writeTemporary,
  writeWhole,
} from '../files/write-whole.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts';
import { appendMetrics, type EpochMetrics, writeMetrics } from './metrics-files.ts';
import { BEST_MODEL, LAST_MODEL, PREVIOUS_MODEL } from './model-file.ts';
import { LOCK, lockRunFolder } from './run-lock.ts';

/**
 * The folder of one run: config.json, metrics.jsonl, metrics.csv and the models. It can be loaded at any moment: a
 * file is replaced in one step, and the last model is never away.
 */
export interface RunFolder {
  readonly folder: string;
  /** Keeps an epoch's metrics and the state at its end; as the best one too where it is. */
  saveEpoch(metrics: EpochMetrics, checkpoint: Checkpoint, best: boolean): Promise<void>;
  /** Keeps a state within an epoch. */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

const CONFIG = 'config.json';

/**
 * Checks before anything is computed that the run will have a place to leave its results.
 *
 * @throws MicronnError (exit code 2) when the folder holds something already
 */
export async function assertFree(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const entries = await entriesOf(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw new MicronnError(
      'RUN_FOLDER',
      '--out must be a new or empty folder, but this is a file or cannot be read',
      { file: folder },
      { cause: error },
    );
  });
  if (entries.length > 0) {
    throw new MicronnError(
      'RUN_FOLDER',
      `--out must be a new or empty folder, but it contains ${entries[0]}`,
      { file: folder },
    );
  }
}

/** What is in a folder, but for the lock of who is about to fill it. */
async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== LOCK);
}

/**
 * Makes the run folder.
 *
 * @param folder new or empty; an empty one is filled where it is, as it may be a disk of its own or somebody's own folder
 * @param initial where the run begins
 * @throws MicronnError (exit code 2) when it cannot be written, or the disk has no room for it
 */
export async function createRunFolder(folder: string, initial: Checkpoint): Promise<RunFolder> {
  try {
    if (await isThere(folder)) {
      await fillEmpty(folder, initial);
    } else {
      await mkdir(path.dirname(folder), { recursive: true });
      await fillNew(path.dirname(folder), initial, (partial) => rename(partial, folder));
    }
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  return openRunFolder(folder);
}

/**
 * Makes a run folder that is named after the time, as runs/2026-01-31T12-00-00; with a number behind it when that is
 * taken, be it by a run that begins in the same moment.
 *
 * @throws MicronnError (exit code 2) when it cannot be written, or the disk has no room for it
 */
export async function createTimedRunFolder(runs: string, initial: Checkpoint): Promise<RunFolder> {
  const name = path.join(runs, timeNow());
  let folder = name;
  try {
    await mkdir(runs, { recursive: true });
    await fillNew(runs, initial, async (partial) => {
      for (let n = 2; !(await isRenamed(partial, folder)); n++) folder = `${name}-${n}`;
    });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  return openRunFolder(folder);
}

/** False when the name is taken; a run folder is never empty, and so never gives way. */
async function isRenamed(partial: string, folder: string): Promise<boolean> {
  try {
    await rename(partial, folder);
    return true;
  } catch (error) {
    if (await isThere(folder)) return false;
    throw error;
  }
}

/** A new folder that is whole from the first moment: it is filled under another name, then gets its own. */
async function fillNew(
  parent: string,
  initial: Checkpoint,
  giveName: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = temporaryName(path.join(parent, '.run'));
  try {
    await mkdir(partial);
    await fill(partial, initial);
    await giveName(partial);
    await syncFolder(parent);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** A folder that is there stays; if nothing comes of it, it is empty again. */
async function fillEmpty(folder: string, initial: Checkpoint): Promise<void> {
  const unlock = await lockRunFolder(folder);
  try {
    // Another run may have begun in it since it was looked at.
    await assertFree(folder);
    try {
      await fill(folder, initial);
    } catch (error) {
      for (const name of await entriesOf(folder)) await rm(path.join(folder, name), { force: true });
      throw error;
    }
  } finally {
    await unlock();
  }
}

/** What a run can be loaded from comes last. */
async function fill(folder: string, initial: Checkpoint): Promise<void> {
  const model = encodeCheckpoint(initial);
  await assertRoom(folder, model.length);
  await writeConfiguration(folder, initial);
  await writeMetrics(folder, []);
  await writeWhole(path.join(folder, BEST_MODEL), bestOf(initial));
  await writeWhole(path.join(folder, LAST_MODEL), model);
}

/**
 * Makes the folder of a run that goes on agree with where it does: the epochs that were measured up to there, its
 * state as the last model, and what it may have been told anew in config.json.
 *
 * @param keepBest the best model is as it should be
 * @throws MicronnError (exit code 2) when it cannot be written, or the disk has no room for it
 */
export async function continueRunFolder(
  folder: string,
  checkpoint: Checkpoint,
  epochs: readonly EpochMetrics[],
  keepBest: boolean,
): Promise<RunFolder> {
  try {
    for (const name of await readdir(folder))
      if (isTemporaryName(name)) await rm(path.join(folder, name), { force: true });
    const model = encodeCheckpoint(checkpoint);
    await assertRoom(folder, model.length);
    await writeMetrics(folder, epochs);
    if (!keepBest) await writeWhole(path.join(folder, BEST_MODEL), bestOf(checkpoint));
    // The one before it stays what it is: the last may be the damaged one.
    await writeWhole(path.join(folder, LAST_MODEL), model);
    await writeConfiguration(folder, checkpoint);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  return openRunFolder(folder);
}

function openRunFolder(folder: string): RunFolder {
  return {
    folder,
    async saveEpoch(metrics, checkpoint, best) {
      // In this order: epochs too many and a best model too new are put right by resuming, too few are lost.
      await saving(folder, async () => {
        await appendMetrics(folder, metrics);
        if (best) await writeWhole(path.join(folder, BEST_MODEL), bestOf(checkpoint));
        await replaceLast(folder, checkpoint);
      });
    },
    saveCheckpoint: (checkpoint) => saving(folder, () => replaceLast(folder, checkpoint)),
  };
}

/** The last model becomes the one before it, and is there all the while. */
async function replaceLast(folder: string, checkpoint: Checkpoint): Promise<void> {
  const last = path.join(folder, LAST_MODEL);
  const temporary = await writeTemporary(last, encodeCheckpoint(checkpoint));
  try {
    await keepAs(last, path.join(folder, PREVIOUS_MODEL));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await takeName(temporary, last);
  await syncFolder(folder);
}

/** Gives a file a second name, in one step. */
async function keepAs(file: string, second: string): Promise<void> {
  const temporary = temporaryName(second);
  const linked = await link(file, temporary).then(
    () => true,
    // Some file systems know no second names: a copy does too, and says itself if it cannot be written.
    () => false,
  );
  if (!linked) return writeWhole(second, await readFile(file));
  await rename(temporary, second);
  // Where both were one file already, renaming leaves both names.
  await rm(temporary, { force: true });
}

async function writeConfiguration(folder: string, { configuration }: Checkpoint): Promise<void> {
  await writeWhole(path.join(folder, CONFIG), `${JSON.stringify(configuration, null, 2)}\n`);
}

/** The best model is for using, not for going on: without velocity. */
function bestOf(checkpoint: Checkpoint): Uint8Array {
  const { parameters } = checkpoint.state;
  return encodeCheckpoint({ ...checkpoint, state: { parameters, velocity: new Float64Array(0) } });
}

/** Three models, and one being written; some more for the rest. */
const MODELS_AT_ONCE = 4;
const REST_BYTES = 1 << 20;

/**
 * @param modelBytes size of one model of the run
 * @throws MicronnError (exit code 2) when the disk is too full for the run to leave anything
 */
export async function assertRoom(folder: string, modelBytes: number): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(folder);
  const needed = MODELS_AT_ONCE * modelBytes + REST_BYTES;
  // Some file systems of networks do not say.
  if (blocks === 0 || bavail * bsize >= needed) return;
  throw new MicronnError(
    'RUN_FOLDER',
    `not enough disk space for the run folder: it needs ${megabytes(needed)} MB, ${megabytes(bavail * bsize)} MB are free`,
    { file: folder },
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

async function saving(folder: string, save: () => Promise<void>): Promise<void> {
  try {
    await save();
  } catch (cause) {
    throw unwritable(folder, cause, '; earlier checkpoints are intact');
  }
}

function unwritable(folder: string, cause: unknown, more = ''): MicronnError {
  if (cause instanceof MicronnError) return cause;
  return new MicronnError(
    'RUN_FOLDER',
    `cannot write the run folder: ${(cause as Error).message}${more}`,
    { file: folder },
    { cause },
  );
}

/** Where it is, as 2026-01-31T12-00-00. */
function timeNow(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(':', '-');
}
