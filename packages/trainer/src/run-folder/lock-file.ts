import { createHash } from 'node:crypto';
import { constants, type FileHandle, link, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCode } from '../errors.ts';
import { temporaryName, withFinalName } from '../files/write-whole.ts';
import { judge, type LockOwner, newOwner, ownerSchema } from './lock-owner.ts';

/**
 * A lock as a file: it contains its owner and a count of beats, which the owner keeps raising.
 *
 * Two rules give the lock one owner at a time:
 *
 * 1. A lock file appears whole and in one step: as a hard link of a file that is already written. Linking fails if there
 *    is a lock file, so of several creators one succeeds.
 * 2. Only the holder of the guard removes a lock file, after it has read the file again. The guard of a lock with the
 *    token T is the lock file `<lock>.T`. So nobody else can remove T between that reading and the removal, nobody can
 *    replace it, and a process that judged T long ago does not remove the lock of T's successor.
 *
 * A token never returns. Once T is removed its guard is worthless: whoever gets it reads another token and gives up. That
 * is why a guard itself can be removed without a guard, and why it does no harm if it stays. If the holder of a guard
 * dies before it has removed T, its guard is a stale lock like any other and is removed under a guard of its own,
 * `<lock>.T.G`. A process that dies before the link leaves a temporary file; one that dies after removing T leaves no
 * lock.
 *
 * On one machine the argument is complete, because a process judges exactly whether another one is gone. An owner on
 * another machine counts as gone after a silence; if it was only suspended, it finds its token missing when it wakes.
 */

/** A lock file as found. */
interface FoundLock {
  /** Undefined if the content is not that of a lock: an older format, or not completely written. */
  readonly owner: LockOwner | undefined;
  /** The token, or for foreign content its hash. */
  readonly id: string;
  /** Changes with every beat. */
  readonly state: string;
}

/** How to wait for an owner that cannot be judged, because it may be on another machine. */
export interface Waiting {
  /** The silence in milliseconds after which the owner is gone. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
  /** Called before each wait. */
  readonly onWait: (owner: LockOwner | undefined) => void;
}

/** Another process holds the lock. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly owner: LockOwner | undefined;

  constructor(owner: LockOwner | undefined) {
    super('the lock is held by another process');
    this.owner = owner;
  }
}

const POLL_MILLISECONDS = 500;
/** The end of a lock file is rewritten in place, by one write of a fixed length. */
const BEAT_DIGITS = 10;
const END = '"}\n';

/**
 * Acquires a lock, and takes it over from an owner that is gone.
 *
 * @returns the token of the new lock
 * @throws LockHeldError; the errors of the file system; AbortError when the signal interrupts a wait
 */
export async function acquireLock(file: string, waiting: Waiting): Promise<string> {
  const own = newOwner();
  for (;;) {
    const found = await readLock(file);
    if (!found) {
      if (await isCreated(file, own)) return own.token;
    } else if (await isGone(file, found, own, waiting)) {
      const guard = `${file}.${found.id}`;
      const token = await acquireLock(guard, waiting);
      try {
        if ((await readLock(file))?.state === found.state) await rm(file, { force: true });
      } finally {
        await removeOwn(guard, token);
      }
    }
  }
}

/**
 * Releases a lock. If another process is taking the lock over, it stays to that process; the same if the disk is so full
 * that no guard fits, because the next process finds the owner gone.
 */
export async function releaseLock(file: string, token: string): Promise<void> {
  const guard = `${file}.${token}`;
  try {
    if (!(await isOwn(file, token))) return;
    // The lock file serves as its own guard, which takes no space on a full disk.
    if (!(await isLinked(file, guard, textOf({ ...newOwner(), token })))) return;
    await removeOwn(file, token);
    await removeOwn(guard, token);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

/** Whether the lock file is still the one with this token. */
export async function isOwn(file: string, token: string): Promise<boolean> {
  return (await readLock(file))?.owner?.token === token;
}

/**
 * Shows that the owner of the lock is alive. Reads and writes through one handle, so that a beat can never get into the
 * lock of another process.
 *
 * @returns false if the lock is not ours any more
 */
export async function writeBeat(file: string, token: string, beat: number): Promise<boolean> {
  const handle = await openExisting(file, constants.O_RDWR);
  if (!handle) return false;
  try {
    const text = await handle.readFile('utf8');
    if (parseOwner(text)?.token !== token) return false;
    const position = Buffer.byteLength(text) - END.length - BEAT_DIGITS;
    await handle.write(beatDigits(beat), position);
    // A network file system would keep the beat to itself for a while.
    await handle.datasync();
    return true;
  } finally {
    await handle.close();
  }
}

/** Whether the owner of the lock in a folder is known to be gone, without waiting for a beat. */
export async function isAbandoned(file: string): Promise<boolean> {
  const found = await readLock(file);
  return found !== undefined && judge(found.owner, newOwner()) === 'gone';
}

/**
 * Whether the owner of a lock is gone; false if the lock has changed hands, and must be read again.
 *
 * @throws LockHeldError when the owner is alive
 */
async function isGone(
  file: string,
  found: FoundLock,
  self: LockOwner,
  { patience, signal, onWait }: Waiting,
): Promise<boolean> {
  const verdict = judge(found.owner, self);
  if (verdict === 'gone') return true;
  if (verdict === 'held') throw new LockHeldError(found.owner);
  onWait(found.owner);
  // The clock of this process alone: the clocks of two machines differ.
  const begin = performance.now();
  for (;;) {
    await delay(Math.min(POLL_MILLISECONDS, patience), undefined, { signal });
    const silence = performance.now() - begin;
    const now = await readLock(file);
    if (now?.state === found.state) {
      if (silence >= patience) return true;
    } else if (now && (now.id === found.id || !now.owner)) {
      throw new LockHeldError(now.owner);
    } else return false;
  }
}

/** Undefined if there is no lock file. Opens the file again each time, because network file systems cache open files. */
async function readLock(file: string): Promise<FoundLock | undefined> {
  const handle = await openExisting(file, constants.O_RDONLY);
  if (!handle) return undefined;
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile())
      throw Object.assign(new Error(`${path.basename(file)} is not a file`), { code: 'EINVAL' });
    const { ino, mtimeNs } = found;
    const text = await handle.readFile('utf8');
    const owner = parseOwner(text);
    const id = owner?.token ?? createHash('sha256').update(text).digest('hex').slice(0, 16);
    return { owner, id, state: `${ino} ${mtimeNs} ${text}` };
  } finally {
    await handle.close();
  }
}

/** Never waits for the writer of a pipe, and follows no link. */
async function openExisting(file: string, access: number): Promise<FileHandle | undefined> {
  // Windows has neither flag.
  const { O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;
  return open(file, access | O_NONBLOCK | O_NOFOLLOW).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}

/** False if there is a lock already. */
async function isCreated(file: string, owner: LockOwner): Promise<boolean> {
  const text = textOf(owner);
  const written = temporaryName(file);
  try {
    await writeFile(written, text, { flag: 'wx' });
    return await isLinked(written, file, text);
  } catch (error) {
    throw withFinalName(error, written, file);
  } finally {
    await rm(written, { force: true });
  }
}

/**
 * Gives a written file a second name. On file systems without hard links, creates a file with the same text; a reader
 * may find that file empty for a moment, and then waits for it.
 *
 * @returns false if the name is taken, or the written file has been removed
 */
async function isLinked(written: string, file: string, text: string): Promise<boolean> {
  try {
    await link(written, file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    // A network file system can repeat a request that has succeeded.
    if (systemCode(error) === 'EEXIST') return isSameText(file, text);
  }
  try {
    await writeFile(file, text, { flag: 'wx', flush: true });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  return isSameText(file, text);
}

async function isSameText(file: string, text: string): Promise<boolean> {
  const token = parseOwner(text)?.token;
  return token !== undefined && isOwn(file, token);
}

async function removeOwn(file: string, token: string): Promise<void> {
  if (await isOwn(file, token)) await rm(file, { force: true });
}

function textOf(owner: LockOwner): string {
  return `${JSON.stringify({ ...owner, beat: beatDigits(0) })}\n`;
}

function beatDigits(beat: number): string {
  return String(beat).padStart(BEAT_DIGITS, '0');
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text)) as LockOwner;
  } catch {
    return undefined;
  }
}
