/**
 * Kills a run that saves after every step at random moments and resumes it, many times. The folder must be intact after
 * every kill, and the result the same as without kills.
 *
 *     pnpm --filter trainer soak 200
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandomStream } from '@micronn/core';
import { LAST_MODEL, loadModel } from '../src/run-folder/model-file.ts';
import { loadRun } from '../src/run-folder/saved-run.ts';
import { argumentsOf, smallRun } from './small-run.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Enough that every run is killed a few times before its end. */
const EPOCHS = 30;
/** The longest delay of a kill after the start, or after a step was saved. */
const LONGEST_START_MS = 600;
const LONGEST_TRAINING_MS = 50;

export interface SoakResult {
  readonly kills: number;
  /** Kills that came after a step was saved, and so while later ones were being saved. */
  readonly whileSaving: number;
  /** The distinct checkpoints, by epoch and step, that were found after kills. */
  readonly positions: number;
  /** Completed runs. */
  readonly runs: number;
  readonly parametersSha256: string;
}

/**
 * @param kills the number of kills, over as many runs as it takes
 * @param seed random seed of the moments
 * @throws Error when a folder is damaged, or a run ends with other parameters than an undisturbed run
 */
export async function soak(kills: number, seed: number): Promise<SoakResult> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'micronn-soak-'));
  try {
    const options = { ...(await smallRun(cwd)), epochs: String(EPOCHS), checkpointEvery: '1' };
    const run = argumentsOf(options);
    const parametersSha256 = await endOf([...run, '--out', 'whole'], cwd);
    const draw = createRandomStream(seed, 'permutation');
    const positions = new Set<string>();
    let whileSaving = 0;
    let runs = 0;
    for (let killed = 0; killed < kills; ) {
      const folder = path.join(cwd, `run-${runs}`);
      const begun = await isThere(folder);
      const args = begun ? ['--resume', folder] : [...run, '--out', folder];
      const early = draw.nextBelow(4) === 0;
      const wait = draw.nextUnit() * (early ? LONGEST_START_MS : LONGEST_TRAINING_MS);
      const wasKilled = await runAndKill(args, cwd, early ? undefined : path.join(folder, LAST_MODEL), wait);
      if (wasKilled) killed++;
      if (wasKilled && !early) whileSaving++;
      if (!(await isThere(folder))) continue;
      const { checkpoint } = await loadRun(folder, (code, message) => {
        throw new Error(`after kill ${killed}: ${code}: ${message}`);
      });
      await loadModel(folder);
      await loadModel(path.join(folder, 'best.safetensors'));
      positions.add(`${runs}: ${checkpoint.position.epoch}, ${checkpoint.position.step}`);
      if (wasKilled && killed < kills) continue;
      // The run is complete, or was killed often enough: its result is compared.
      const end = await endOf(['--resume', folder], cwd);
      if (end !== parametersSha256)
        throw new Error(`run ${runs}: expected to end with ${parametersSha256}, got ${end}`);
      const left = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
      if (left.length > 0) throw new Error(`run ${runs}: expected no temporary file, got ${left.join(', ')}`);
      runs++;
    }
    return { kills, whileSaving, positions: positions.size, runs, parametersSha256 };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/**
 * Runs the command line and kills it a delay after its start, or after a step was saved.
 *
 * @returns false if the run ended before the kill
 */
async function runAndKill(
  args: readonly string[],
  cwd: string,
  saved: string | undefined,
  milliseconds: number,
): Promise<boolean> {
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let started = false;
  const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('"event":"start"')) started = true;
  });
  if (saved !== undefined) {
    // The first checkpoint is written before the start event.
    let first: bigint | undefined;
    while (child.exitCode === null && child.signalCode === null) {
      const found = await stat(saved, { bigint: true }).catch(() => undefined);
      if (started && first !== undefined && found?.mtimeNs !== first) break;
      if (started) first ??= found?.mtimeNs;
      await delay(1);
    }
  }
  await Promise.race([delay(milliseconds), exited]);
  child.kill('SIGKILL');
  const [code, signal] = await exited;
  if (signal !== 'SIGKILL' && code !== 0)
    throw new Error(`${args.join(' ')}: expected exit code 0, got ${code}`);
  return signal === 'SIGKILL';
}

/** Resumes a run to its end, and returns the hash of its parameters. */
async function endOf(args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const done = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
  if (code !== 0)
    throw new Error(`${args.join(' ')}: expected exit code 0, got ${code}: ${JSON.stringify(done)}`);
  return String(done['parametersSha256']);
}

function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kills = '200', seed = '1'] = process.argv.slice(2);
  const result = await soak(Number(kills), Number(seed));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
