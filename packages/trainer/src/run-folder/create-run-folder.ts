import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { MicronnError, systemCode } from '../errors.ts';
import { isThere } from '../files/is-there.ts';
import {
  nameBehindTemporary,
  syncFolder,
  temporaryName,
  withFinalName,
  writeWhole,
} from '../files/write-whole.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts';
import { BEST_MODEL, LAST_MODEL } from './file-names.ts';
import { isAbandoned } from './lock-file.ts';
import { writeMetrics } from './metrics-files.ts';
import {
  assertRoom,
  bestOf,
  openRunFolder,
  type RunFolder,
  unwritable,
  writeConfiguration,
} from './run-folder.ts';
import { claimRunFolder, holdLock, isLockName, LOCK, type LockWaiting, lockRunFolder } from './run-lock.ts';

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

/** The entries of a folder, without the lock. */
async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !isLockName(name));
}

/**
 * Creates the run folder and locks it.
 *
 * @param folder new or empty; an empty folder is filled in place, because it may be a mount point
 * @param initial the beginning of the run
 * @throws MicronnError (exit code 2) when the folder cannot be written, or the disk is full
 */
export async function createRunFolder(
  folder: string,
  initial: Checkpoint,
  waiting: LockWaiting = {},
): Promise<RunFolder> {
  try {
    if (await isThere(folder)) return await fillEmpty(folder, initial, waiting);
    return await fillNew(folder, initial, async (partial) => {
      await rename(partial, folder);
      return folder;
    });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/**
 * Creates a run folder named after the time, as runs/2026-01-31T12-00-00. If the name is taken, possibly by a run that
 * starts in the same second, adds a number. Locks the folder.
 *
 * @throws MicronnError (exit code 2) when the folder cannot be written, or the disk is full
 */
export async function createTimedRunFolder(runs: string, initial: Checkpoint): Promise<RunFolder> {
  const name = path.join(runs, timeNow());
  try {
    return await fillNew(name, initial, async (partial) => {
      let folder = name;
      for (let n = 2; !(await isRenamed(partial, folder)); n++) folder = `${name}-${n}`;
      return folder;
    });
  } catch (cause) {
    throw unwritable(name, cause);
  }
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

/**
 * Fills a new folder under a temporary name and then renames it, so that it is complete and locked from the start.
 *
 * @param wanted the name for errors
 * @param giveName renames the folder, and returns its name
 */
async function fillNew(
  wanted: string,
  initial: Checkpoint,
  giveName: (partial: string) => Promise<string>,
): Promise<RunFolder> {
  const parent = path.dirname(wanted);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const partial = temporaryName(path.join(parent, PARTIAL));
  try {
    await mkdir(partial);
    const token = await claimRunFolder(partial);
    await fill(partial, initial);
    const folder = await giveName(partial);
    await syncFolder(parent);
    return openRunFolder(folder, holdLock(folder, token));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw namedAs(wanted, partial, error);
  }
}

const PARTIAL = '.run';

/** No process takes so long to fill a folder. */
const ABANDONED_MILLISECONDS = 3_600_000;

/**
 * Removes the folders of processes that were killed before they gave the folder its name: where the lock says so, or
 * after an hour, because a process on another machine, before a restart, or without a lock yet cannot be checked.
 */
async function removeAbandoned(parent: string): Promise<void> {
  try {
    for (const entry of await readdir(parent, { withFileTypes: true })) {
      const { name } = entry;
      if (!entry.isDirectory() || nameBehindTemporary(name) !== PARTIAL) continue;
      const partial = path.join(parent, name);
      const { mtimeMs } = await stat(partial);
      const isOld = Date.now() - mtimeMs > ABANDONED_MILLISECONDS;
      if (isOld || (await isAbandoned(path.join(partial, LOCK))))
        await rm(partial, { recursive: true, force: true });
    }
  } catch (error) {
    // Another process may be removing the same folder; what stays is removed by a later run.
    if (systemCode(error) === undefined) throw error;
  }
}

/** Names the run folder in an error of the folder with the temporary name. */
function namedAs(folder: string, partial: string, error: unknown): unknown {
  if (!(error instanceof MicronnError)) return withFinalName(error, partial, folder);
  const sentence = error.sentence.replaceAll(partial, folder);
  return new MicronnError(error.code, sentence, { file: folder }, { cause: error });
}

/** Fills an existing folder; empties it again on failure. */
async function fillEmpty(folder: string, initial: Checkpoint, waiting: LockWaiting): Promise<RunFolder> {
  const lock = await lockRunFolder(folder, waiting);
  try {
    // Another run may have started in the folder since the first check.
    await assertFree(folder);
    try {
      await fill(folder, initial);
    } catch (error) {
      for (const name of await entriesOf(folder)) await rm(path.join(folder, name), { force: true });
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
  return openRunFolder(folder, lock);
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

/** The local time, as 2026-01-31T12-00-00. */
function timeNow(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(':', '-');
}
