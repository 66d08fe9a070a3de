import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { MicronnError, systemCode } from '../errors.ts';
import { temporaryName } from '../files/write-whole.ts';

/** Names who trains in a run folder; it is there only as long as they do, unless they were killed. */
export const LOCK = '.lock';

/**
 * Keeps a run folder to this process: two that write their epochs into one would mix them up.
 *
 * What a process left that is gone is taken over. Of another machine's nobody can tell here, so that counts.
 *
 * @returns gives it free
 * @throws MicronnError (exit code 2) when another process trains in it
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

/** False when there is one already. */
async function isCreated(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    // Nowhere to train at all; whoever wants to read or write there says so better.
    return true;
  }
}

/** Removes a lock that nobody holds, unless somebody has taken it over meanwhile. */
async function takeAway(file: string, found: string): Promise<void> {
  const aside = temporaryName(file);
  try {
    await rename(file, aside);
  } catch {
    // Somebody else has.
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
