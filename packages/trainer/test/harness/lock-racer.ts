/**
 * One of the processes that race for a lock: locks the folders that its parent names, each time with random delays, and
 * dies where its parent says.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { MicronnError, systemCode } from '../../src/errors.ts';
import { lockRunFolder, type RunLock } from '../../src/run-folder/run-lock.ts';

/** A round of the race for one racer. */
export interface RacerTask {
  readonly folder: string;
  /** The process dies before this operation on the file system, counted from 0 while it locks or releases. */
  readonly dieAt: number;
}

/** How a round ended for one racer. */
export interface RacerResult {
  readonly end: 'held' | 'refused' | 'failed';
  readonly reason?: string;
}

const MARKER = 'marker';
const unhurried = { ...fs };
let operations = 0;
let dieAt = Number.POSITIVE_INFINITY;
let isDisturbed = false;

async function disturb(): Promise<void> {
  if (!isDisturbed) return;
  if (operations++ === dieAt) process.kill(process.pid, 'SIGKILL');
  // Not seeded: the lock holds for every order of the operations.
  for (let turns = crypto.getRandomValues(new Uint8Array(1))[0]! % 4; turns > 0; turns--)
    await new Promise(setImmediate);
}

for (const name of ['link', 'open', 'rm', 'writeFile', 'readdir'] as const) {
  const original = fs[name] as (...args: unknown[]) => Promise<unknown>;
  Object.assign(fs, {
    async [name](...args: unknown[]) {
      await disturb();
      return original(...args);
    },
  });
}
syncBuiltinESMExports();

async function race({ folder, dieAt: fatal }: RacerTask): Promise<RacerResult> {
  operations = 0;
  dieAt = fatal;
  isDisturbed = true;
  let lock: RunLock;
  try {
    lock = await lockRunFolder(folder);
  } catch (error) {
    if (error instanceof MicronnError && error.sentence.includes('is training')) return { end: 'refused' };
    return { end: 'failed', reason: String(error) };
  } finally {
    isDisturbed = false;
  }
  const marker = path.join(folder, MARKER);
  try {
    await unhurried.writeFile(marker, '', { flag: 'wx' });
    await lock.assertHeld();
    await new Promise(setImmediate);
    await unhurried.rm(marker);
  } catch (error) {
    return { end: 'failed', reason: systemCode(error) === 'EEXIST' ? 'two holders' : String(error) };
  }
  isDisturbed = true;
  await lock.release();
  isDisturbed = false;
  return { end: 'held' };
}

process.on('message', (task: RacerTask) => void race(task).then((result) => process.send!(result)));
