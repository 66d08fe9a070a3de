import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { MicronnError, systemCode } from '../errors.ts';
import { acquireLock, isOwn, LockHeldError, releaseLock, type Waiting, writeBeat } from './lock-file.ts';
import type { LockOwner } from './lock-owner.ts';

/** The file that names the process training in a run folder; it stays if the process is killed. */
export const LOCK = '.lock';

/** How often the owner of a lock shows that it is alive. */
const BEAT_MILLISECONDS = 2000;
/** The silence after which an owner on another machine is gone: 15 beats, more than any work of the main thread lasts. */
const GONE_AFTER_MILLISECONDS = 30_000;

/** The lock of a run folder, held by this process. */
export interface RunLock {
  /** Aborts when this process finds that it does not hold the lock any more. */
  readonly lost: AbortSignal;
  /**
   * Called before each write to the run folder: this process may have been suspended, and another one may have taken
   * the folder over.
   *
   * @throws MicronnError (exit code 2)
   */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** What a process does while it waits for the owner of a lock. */
export interface LockWaiting {
  readonly signal?: AbortSignal | undefined;
  readonly warn?: ((code: string, message: string) => void) | undefined;
  /** In milliseconds; tests wait for less. */
  readonly patience?: number;
}

/**
 * Locks a run folder for this process: two processes would mix their epochs.
 *
 * @throws MicronnError (exit code 2) when another process is training in the folder, or the folder cannot be written;
 *   (exit code 130) when the signal interrupts the wait for the owner of a lock
 */
export async function lockRunFolder(folder: string, waiting: LockWaiting = {}): Promise<RunLock> {
  return holdLock(folder, await claimRunFolder(folder, waiting));
}

/**
 * Locks a run folder without showing signs of life yet, because the folder has only a temporary name.
 *
 * @returns the token for {@link holdLock}
 * @throws as {@link lockRunFolder}
 */
export async function claimRunFolder(
  folder: string,
  { signal, warn, patience = GONE_AFTER_MILLISECONDS }: LockWaiting = {},
): Promise<string> {
  let warned = false;
  const waiting: Waiting = {
    patience,
    signal,
    onWait(owner) {
      if (warned || !warn) return;
      warned = true;
      warn('RUN_FOLDER_LOCKED', describeWait(folder, owner, patience));
    },
  };
  try {
    const token = await acquireLock(path.join(folder, LOCK), waiting);
    await removeOldGuards(folder, token);
    return token;
  } catch (error) {
    throw lockFailure(folder, error);
  }
}

/** Keeps a lock: beats until it is released. */
export function holdLock(folder: string, token: string): RunLock {
  const file = path.join(folder, LOCK);
  const lost = new AbortController();
  let beats = 0;
  let beating = false;
  let isReleased = false;
  const beat = async (): Promise<void> => {
    if (beating) return;
    beating = true;
    try {
      beats++;
      if (!(await writeBeat(file, token, beats)) && !isReleased) lost.abort();
    } catch (error) {
      // A beat that cannot be written: assertHeld reports the state of the folder before the next save.
      if (systemCode(error) === undefined) throw error;
    } finally {
      beating = false;
    }
  };
  // A process that has nothing else to do may end.
  const timer = setInterval(() => void beat(), BEAT_MILLISECONDS).unref();
  return {
    lost: lost.signal,
    async assertHeld() {
      if (!(await isOwn(file, token))) throw lostLock(folder);
    },
    async release() {
      clearInterval(timer);
      if (isReleased) return;
      isReleased = true;
      await releaseLock(file, token);
    },
  };
}

/** Whether a file belongs to the lock: the lock itself, a guard, or a temporary file of either. */
export function isLockName(name: string): boolean {
  return /^\.lock(\.[0-9a-f]{16})*(\.[0-9a-f-]{36}\.tmp)?$/.test(name);
}

/** Removes the guards that killed processes left: the locks that they guarded are gone. */
async function removeOldGuards(folder: string, token: string): Promise<void> {
  try {
    for (const name of await readdir(folder))
      if (isLockName(name) && name !== LOCK && !name.startsWith(`${LOCK}.${token}`))
        await rm(path.join(folder, name), { force: true });
  } catch (error) {
    // A guard that stays does no harm.
    if (systemCode(error) === undefined) throw error;
  }
}

function lockFailure(folder: string, cause: unknown): unknown {
  if (cause instanceof LockHeldError) {
    return new MicronnError(
      'RUN_FOLDER',
      `${describeOwner(cause.owner)} is training in this run folder; wait until it ends, or stop it`,
      { file: folder },
      { cause },
    );
  }
  if (cause instanceof Error && cause.name === 'AbortError') {
    return new MicronnError(
      'INTERRUPTED',
      'interrupted while waiting for the lock of the run folder',
      { file: folder },
      { cause },
    );
  }
  if (systemCode(cause) === undefined) return cause;
  return new MicronnError(
    'RUN_FOLDER',
    `cannot lock the run folder: ${(cause as Error).message}`,
    { file: folder },
    { cause },
  );
}

function lostLock(folder: string): MicronnError {
  return new MicronnError(
    'RUN_FOLDER',
    `this process has lost the lock of the run folder: another process took the folder over, or ${LOCK} was deleted; earlier checkpoints are intact`,
    { file: folder },
  );
}

function describeWait(folder: string, owner: LockOwner | undefined, patience: number): string {
  return `${folder}: locked by ${describeOwner(owner)}, which may be gone; waiting up to ${patience / 1000} s for a sign of life`;
}

function describeOwner(owner: LockOwner | undefined): string {
  return owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
}
