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
 * The folder of one run: config.json, metrics.jsonl, metrics.csv and the models. It can be loaded at any moment: files
 * are replaced in one step, and there is always a last model.
 */
export interface RunFolder {
  readonly folder: string;
  /** Saves the metrics of an epoch and the state at its end, also as the best model if `best`. */
  saveEpoch(metrics: EpochMetrics, checkpoint: Checkpoint, best: boolean): Promise<void>;
  /** Saves a state within an epoch. */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

const CONFIG = 'config.json';

/**
 * Checks that a run can write to the folder, before anything is computed.
 *
 * @throws MicronnError (exit code 2) when the folder is not empty
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

/** The entries of a folder, without the lock file. */
async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== LOCK);
}

/**
 * Creates the run folder.
 *
 * @param folder new or empty; an empty folder is filled in place, because it may be a mount point
 * @param initial the beginning of the run
 * @throws MicronnError (exit code 2) when the folder cannot be written, or the disk is full
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
 * Creates a run folder named after the time, as runs/2026-01-31T12-00-00. If the name is taken, possibly by a run that
 * starts in the same second, adds a number.
 *
 * @throws MicronnError (exit code 2) when the folder cannot be written, or the disk is full
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

/** False if the name is taken: rename fails because a run folder is never empty. */
async function isRenamed(partial: string, folder: string): Promise<boolean> {
  try {
    await rename(partial, folder);
    return true;
  } catch (error) {
    if (await isThere(folder)) return false;
    throw error;
  }
}

/** Fills a new folder under a temporary name and then renames it, so that it is complete from the start. */
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

/** Fills an existing folder; empties it again on failure. */
async function fillEmpty(folder: string, initial: Checkpoint): Promise<void> {
  const unlock = await lockRunFolder(folder);
  try {
    // Another run may have started in the folder since the first check.
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

/** Writes the last model at the end: from then on the run can be loaded. */
async function fill(folder: string, initial: Checkpoint): Promise<void> {
  const model = encodeCheckpoint(initial);
  await assertRoom(folder, model.length);
  await writeConfiguration(folder, initial);
  await writeMetrics(folder, []);
  // Without velocity, the two have the same bytes.
  const best = initial.state.velocity.length === 0 ? model : bestOf(initial);
  await writeWhole(path.join(folder, BEST_MODEL), best);
  await writeWhole(path.join(folder, LAST_MODEL), model);
}

/**
 * Brings the folder of a resumed run in line with its checkpoint: the metrics up to the checkpoint, the checkpoint as
 * the last model, and changed options in config.json.
 *
 * @param keepBest whether the best model in the folder stays
 * @throws MicronnError (exit code 2) when the folder cannot be written, or the disk is full
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
    // The previous checkpoint stays: the last one may be damaged.
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
      // In this order, because --resume can drop surplus epochs and a best model that is too new, but cannot restore
      // missing ones.
      await saving(folder, async () => {
        await appendMetrics(folder, metrics);
        if (best) await writeWhole(path.join(folder, BEST_MODEL), bestOf(checkpoint));
        await replaceLast(folder, checkpoint);
      });
    },
    saveCheckpoint: (checkpoint) => saving(folder, () => replaceLast(folder, checkpoint)),
  };
}

/** Replaces the last model, which becomes the previous one; there is a last model at every moment. */
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

/** Gives a file a second name in one step. */
async function keepAs(file: string, second: string): Promise<void> {
  const temporary = temporaryName(second);
  const linked = await link(file, temporary).then(
    () => true,
    // Some file systems have no hard links: then a copy serves.
    () => false,
  );
  if (!linked) return writeWhole(second, await readFile(file));
  await rename(temporary, second);
  // If both names already were the same file, rename does nothing and leaves the temporary name.
  await rm(temporary, { force: true });
}

async function writeConfiguration(folder: string, { configuration }: Checkpoint): Promise<void> {
  await writeWhole(path.join(folder, CONFIG), `${JSON.stringify(configuration, null, 2)}\n`);
}

/** The best model has no velocity: it is for use, not for resuming. */
function bestOf(checkpoint: Checkpoint): Uint8Array {
  const { parameters } = checkpoint.state;
  return encodeCheckpoint({ ...checkpoint, state: { parameters, velocity: new Float64Array(0) } });
}

/** The free space that a run needs: three models, one being written, and the other files. */
const MODELS_AT_ONCE = 4;
const REST_BYTES = 1 << 20;

/**
 * @param modelBytes size of one model of the run
 * @throws MicronnError (exit code 2) when the disk has too little free space
 */
export async function assertRoom(folder: string, modelBytes: number): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(folder);
  const needed = MODELS_AT_ONCE * modelBytes + REST_BYTES;
  // Some network file systems do not report their size.
  if (blocks === 0 || bavail * bsize >= needed) return;
  throw new MicronnError(
    'RUN_FOLDER',
    `not enough disk space for the run folder: it needs ${megabytes(needed)} MB, but only ${megabytes(bavail * bsize)} MB are free`,
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

/** The local time, as 2026-01-31T12-00-00. */
function timeNow(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(':', '-');
}
