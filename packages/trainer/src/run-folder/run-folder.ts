import { link, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { MicronnError } from '../errors.ts';
import {
  nameBehindTemporary,
  syncFolder,
  takeName,
  temporaryName,
  writeTemporaries,
  writeTemporary,
  writeWhole,
} from '../files/write-whole.ts';
import { isMemoryRefused, memoryRefused } from '../memory-refused.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts';
import { BEST_MODEL, CONFIG, isRunFile, LAST_MODEL, PREVIOUS_MODEL } from './file-names.ts';
import { appendMetrics, type EpochMetrics, writeMetrics } from './metrics-files.ts';
import type { RunLock } from './run-lock.ts';

/**
 * The folder of one run: config.json, metrics.jsonl, metrics.csv and the models. It can be loaded at any moment: files
 * are replaced in one step, and there is always a last model.
 */
export interface RunFolder {
  readonly folder: string;
  /** Held while the run lasts. */
  readonly lock: RunLock;
  /** Saves the metrics of an epoch and the state at its end, also as the best model if `best`. */
  saveEpoch(metrics: EpochMetrics, checkpoint: Checkpoint, best: boolean): Promise<void>;
  /** Saves a state within an epoch. */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

/**
 * Brings the folder of a resumed run in line with its checkpoint: the metrics up to the checkpoint, the checkpoint as
 * the last model, and changed options in config.json.
 *
 * @param keepBest whether the best model in the folder stays
 * @param lock held since before the run was loaded
 * @throws MicronnError (exit code 2) when the folder cannot be written, or the disk is full
 */
export async function continueRunFolder(
  folder: string,
  checkpoint: Checkpoint,
  epochs: readonly EpochMetrics[],
  keepBest: boolean,
  lock: RunLock,
): Promise<RunFolder> {
  try {
    await lock.assertHeld();
    for (const name of await readdir(folder))
      if (isRunFile(nameBehindTemporary(name) ?? '')) await rm(path.join(folder, name), { force: true });
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
  return openRunFolder(folder, lock);
}

/** @param lock of this folder */
export function openRunFolder(folder: string, lock: RunLock): RunFolder {
  const saving = async (save: () => Promise<void>): Promise<void> => {
    try {
      await lock.assertHeld();
      await save();
    } catch (cause) {
      throw unwritable(folder, cause, '; earlier checkpoints are intact');
    }
  };
  return {
    folder,
    lock,
    async saveEpoch(metrics, checkpoint, best) {
      // In this order, because --resume can drop surplus epochs and a best model that is too new, but cannot restore
      // missing ones.
      await saving(async () => {
        const files = [
          ...(best ? [{ file: path.join(folder, BEST_MODEL), content: bestOf(checkpoint) }] : []),
          { file: path.join(folder, LAST_MODEL), content: encodeCheckpoint(checkpoint) },
        ];
        const temporaries = await writeTemporaries(files, appendMetrics(folder, metrics));
        if (best) await renameBest(folder, temporaries);
        await replaceLast(folder, temporaries.at(-1)!);
      });
    },
    saveCheckpoint: (checkpoint) =>
      saving(async () => {
        const content = encodeCheckpoint(checkpoint);
        await replaceLast(folder, await writeTemporary(path.join(folder, LAST_MODEL), content));
      }),
  };
}

/** Gives the best model of [best, last] its name, and flushes it before the last model follows. */
async function renameBest(folder: string, [best, last]: readonly string[]): Promise<void> {
  try {
    await takeName(best!, path.join(folder, BEST_MODEL));
    await syncFolder(folder);
  } catch (error) {
    await rm(last!, { force: true });
    throw error;
  }
}

/** Replaces the last model, which becomes the previous one; there is a last model at every moment. */
async function replaceLast(folder: string, temporary: string): Promise<void> {
  const last = path.join(folder, LAST_MODEL);
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

export async function writeConfiguration(folder: string, { configuration }: Checkpoint): Promise<void> {
  await writeWhole(path.join(folder, CONFIG), `${JSON.stringify(configuration, null, 2)}\n`);
}

/** The best model has no velocity: it is for use, not for resuming. */
export function bestOf(checkpoint: Checkpoint): Uint8Array {
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

/** The error of a run folder that cannot be written; a MicronnError stays as it is. */
export function unwritable(folder: string, cause: unknown, more = ''): MicronnError {
  if (cause instanceof MicronnError) return cause;
  if (isMemoryRefused(cause)) return memoryRefused(cause, 'a checkpoint needs memory');
  return new MicronnError(
    'RUN_FOLDER',
    `cannot write the run folder: ${(cause as Error).message}${more}`,
    { file: folder },
    { cause },
  );
}
