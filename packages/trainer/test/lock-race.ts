/**
 * Lets processes race for the lock of a folder, many times. No two may hold it at once, one must get it, and the folder
 * must stay free for the next one, wherever a process dies.
 *
 *     node test/lock-race.ts 2000
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandomStream } from '@micronn/core';
import { newOwner } from '../src/run-folder/lock-owner.ts';
import { isLockName, lockRunFolder } from '../src/run-folder/run-lock.ts';
import type { RacerResult, RacerTask } from './harness/lock-racer.ts';

const racer = fileURLToPath(new URL('./harness/lock-racer.ts', import.meta.url));

export interface LockRace {
  readonly rounds: number;
  /** How often a process held the lock. */
  readonly held: number;
  readonly refused: number;
  /** How often a process died while it locked or released. */
  readonly deaths: number;
}

/** One in so many rounds has a process that dies. */
const DEATHS = 20;
/** Locking, taking over and releasing take fewer operations on the file system. */
const MOST_OPERATIONS = 24;

/**
 * @param seed random seed of the locks that are found, and of the deaths
 * @throws Error at the first round that goes wrong
 */
export async function raceForLocks(rounds: number, processes: number, seed: number): Promise<LockRace> {
  const parent = await mkdtemp(path.join(tmpdir(), 'micronn-race-'));
  const racers = Array.from({ length: processes }, () => fork(racer));
  try {
    const draw = createRandomStream(seed, 'permutation');
    const counts = { held: 0, refused: 0, deaths: 0 };
    for (let round = 0; round < rounds; round++) {
      const folder = path.join(parent, String(round));
      await mkdir(folder);
      await leaveLock(folder, draw.nextBelow(4));
      const victim = draw.nextBelow(DEATHS) === 0 ? draw.nextBelow(processes) : -1;
      const dieAt = draw.nextBelow(MOST_OPERATIONS);
      const ends = await Promise.all(
        racers.map((child, i) => runTask(child, { folder, dieAt: i === victim ? dieAt : -1 })),
      );
      ends.forEach((end, i) => {
        if (end?.end === 'failed') throw new Error(`round ${round}: ${end.reason}`);
        if (end) counts[end.end]++;
        else {
          counts.deaths++;
          racers[i] = fork(racer);
        }
      });
      const isWhole = ends.every((end) => end !== undefined);
      if (isWhole && !ends.some((end) => end?.end === 'held'))
        throw new Error(`round ${round}: nobody got the lock`);
      await assertFree(folder, isWhole);
      await rm(folder, { recursive: true });
    }
    return { rounds, ...counts };
  } finally {
    for (const child of racers) child.kill('SIGKILL');
    await rm(parent, { recursive: true, force: true });
  }
}

const gonePid = spawnSync(process.execPath, ['--version']).pid;

/** No lock, that of a process that is gone, or one whose taker is gone too. */
async function leaveLock(folder: string, kind: number): Promise<void> {
  if (kind === 0) return;
  const gone = { ...newOwner(), pid: gonePid };
  const lock = path.join(folder, '.lock');
  await writeFile(lock, JSON.stringify(gone));
  if (kind === 1)
    await writeFile(`${lock}.${gone.token}`, JSON.stringify({ ...gone, token: newOwner().token }));
}

/** Undefined if the process dies. */
async function runTask(child: ChildProcess, task: RacerTask): Promise<RacerResult | undefined> {
  const over = new AbortController();
  const { signal } = over;
  const answer = once(child, 'message', { signal }).then(([result]) => result as RacerResult);
  const death = once(child, 'exit', { signal }).then(() => undefined);
  child.send(task);
  const end = await Promise.race([answer, death]);
  over.abort();
  await Promise.allSettled([answer, death]);
  return end;
}

/** A process that died may have left guards and temporary files, but no lock that counts. */
async function assertFree(folder: string, isWhole: boolean): Promise<void> {
  const left = (await readdir(folder)).filter((name) => !isLockName(name) || isWhole);
  if (left.length > 0) throw new Error(`${folder}: expected no file, got ${left.join(', ')}`);
  const lock = await lockRunFolder(folder, {
    warn: (code, message) => {
      throw new Error(`${code}: ${message}`);
    },
  });
  await lock.release();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rounds = '2000', processes = '8', seed = '1'] = process.argv.slice(2);
  const result = await raceForLocks(Number(rounds), Number(processes), Number(seed));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
