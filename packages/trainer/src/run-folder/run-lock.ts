import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { MicronnError, systemCode } from '../errors.ts';
import { temporaryName } from '../files/write-whole.ts';

/** The file that names the process training in a run folder. It is removed at the end, unless the process is killed. */
export const LOCK = '.lock';

/**
 * Locks a run folder for this process: two processes would mix their epochs.
 *
 * A lock whose process is gone is taken over. A process on another machine cannot be checked, so its lock counts.
 *
 * @returns a function that unlocks the folder
 * @throws MicronnError (exit code 2) when another process is training in the folder
 */
export async function lockRunFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, LOCK);
  const own = `${process.pid} ${hostname()}\n`;
  while (!(await isCreated(file, own))) {
    const found = await readFile(file, 'utf8').catch(() => '');
    if (isHeld(found)) throw held(folder, file, found);
    await takeAway(file, found);
  }
  return () => rm(file, { force: true });
}

/** False if there is a lock already. */
async function isCreated(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    // The folder is missing or not writable: the next read or write reports that better.
    return true;
  }
}

/** Removes a lock of a dead process, unless another process has replaced it meanwhile. */
async function takeAway(file: string, found: string): Promise<void> {
  const aside = temporaryName(file);
  try {
    await rename(file, aside);
  } catch {
    // Another process has removed it.
    return;
  }
  if ((await readFile(aside, 'utf8')) === found) await rm(aside);
  else await rename(aside, file);
}

function isHeld(text: string): boolean {
  const [pid, host] = text.trim().split(' ');
  if (pid === undefined || host === undefined) return false;
  return host !== hostname() || (Number(pid) !== process.pid && isAlive(Number(pid)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function held(folder: string, file: string, text: string): MicronnError {
  const [pid, host] = text.trim().split(' ');
  return new MicronnError(
    'RUN_FOLDER',
    `process ${pid} on ${host} is training in this run folder; if that process is gone, delete ${path.basename(file)}`,
    { file: folder },
  );
}
