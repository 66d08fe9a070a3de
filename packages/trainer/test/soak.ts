/**
 * Ends a run that saves after every step at random moments and resumes it, many times, through `npm start`: by SIGTERM,
 * SIGHUP and SIGKILL, sent to npm, to the trainer or to the whole process group. No step may be lost that was saved
 * before, nor, unless the trainer is killed, any step at all. The result must be the same as without signals.
 *
 *     pnpm --filter trainer soak 200
 */

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandomStream } from '@micronn/core';
import { LAST_MODEL } from '../src/run-folder/file-names.ts';
import { loadModel } from '../src/run-folder/model-file.ts';
import type { Position } from '../src/training/position.ts';
import { type Launched, launch, sendIfAlive } from './launch.ts';
import { argumentsOf, positionOf, STEPS_PER_EPOCH, smallRun } from './small-run.ts';

/** Enough that every run gets a few signals before its end. */
const EPOCHS = 30;
/** The longest delay of a signal after the launch, or after a step was saved. */
const LONGEST_START_MS = 1200;
const LONGEST_TRAINING_MS = 50;

const signals = ['SIGTERM', 'SIGHUP', 'SIGKILL'] as const;
const targets = ['npm', 'trainer', 'group'] as const;

/** A signal to one run. */
interface Strike {
  readonly signal: (typeof signals)[number];
  readonly target: (typeof targets)[number];
  /** Sent while the processes start, rather than after a step was saved. */
  readonly early: boolean;
  readonly milliseconds: number;
}

export interface SoakResult {
  /** Signals that ended a run. */
  readonly kills: number;
  /** How often each of them was sent, as `SIGTERM to npm`. */
  readonly signals: Readonly<Record<string, number>>;
  /** Signals that came after a step was saved, and so while later ones were being saved. */
  readonly whileSaving: number;
  /** Runs that reported the step at which they were interrupted, which was the step of their checkpoint. */
  readonly interrupted: number;
  /** The distinct checkpoints, by epoch and step, that were found after signals. */
  readonly positions: number;
  /** Completed runs. */
  readonly runs: number;
  readonly parametersSha256: string;
}

/**
 * @param kills the number of signals, over as many runs as it takes
 * @param seed random seed of the signals and their moments
 * @throws Error when a folder is damaged, a step is lost, or a run ends with other parameters than an undisturbed run
 */
export async function soak(kills: number, seed: number): Promise<SoakResult> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'micronn-soak-'));
  try {
    const options = { ...(await smallRun(cwd)), threads: '1', epochs: String(EPOCHS), checkpointEvery: '1' };
    const args = argumentsOf(options);
    const whole = path.join(cwd, 'whole');
    const parametersSha256 = await endOf([...args, '--out', whole], whole);
    const draw = createRandomStream(seed, 'permutation');
    const positions = new Set<string>();
    const sent: Record<string, number> = {};
    let [killed, whileSaving, interrupted, runs, stepsBefore] = [0, 0, 0, 0, 0];
    while (killed < kills) {
      const folder = path.join(cwd, `run-${runs}`);
      const begun = await isThere(folder);
      const strike = drawStrike(draw);
      const run = launch('npm start', begun ? ['--resume', folder] : [...args, '--out', folder], folder);
      await strikeRun(run, strike, path.join(folder, LAST_MODEL));
      const isKilled = run.events.at(-1)?.event !== 'done';
      if (isKilled) {
        killed++;
        if (!strike.early) whileSaving++;
        const name = `${strike.signal} to ${strike.target}`;
        sent[name] = (sent[name] ?? 0) + 1;
      }
      if (!(await isThere(folder))) continue;
      const position = await positionOf(folder);
      await loadModel(folder);
      await loadModel(path.join(folder, 'best.safetensors'));
      if (assertNothingLost(run, strike, position, stepsBefore)) interrupted++;
      stepsBefore = stepsOf(position);
      positions.add(`${runs}: ${stepsBefore}`);
      if (isKilled && killed < kills) continue;
      // The run is complete, or got enough signals: its result is compared.
      const end = await endOf(['--resume', folder], folder);
      if (end !== parametersSha256)
        throw new Error(`run ${runs}: expected to end with ${parametersSha256}, got ${end}`);
      const left = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
      if (left.length > 0) throw new Error(`run ${runs}: expected no temporary file, got ${left.join(', ')}`);
      runs++;
      stepsBefore = 0;
    }
    return {
      kills,
      signals: sent,
      whileSaving,
      interrupted,
      positions: positions.size,
      runs,
      parametersSha256,
    };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function drawStrike(draw: ReturnType<typeof createRandomStream>): Strike {
  const early = draw.nextBelow(6) === 0;
  const signal = signals[draw.nextBelow(signals.length)]!;
  // npm that is gone before its children run leaves a trainer that can't know about it.
  const target = early ? 'group' : targets[draw.nextBelow(targets.length)]!;
  const milliseconds = draw.nextUnit() * (early ? LONGEST_START_MS : LONGEST_TRAINING_MS);
  return { signal, target, early, milliseconds };
}

/** Sends the signal at its moment, unless the run ends before, and waits until all processes have ended. */
async function strikeRun(
  run: Launched,
  { signal, target, early, milliseconds }: Strike,
  saved: string,
): Promise<void> {
  const ending = new AbortController();
  const end = run.end.finally(() => ending.abort());
  const ended = ending.signal;
  let lineage = [run.pid];
  if (!early) {
    await run.until('start');
    lineage = await run.lineage();
    const modified = async () => (await stat(saved, { bigint: true })).mtimeNs;
    const before = await modified();
    while (!ended.aborted && (await modified()) === before) await delay(1);
  }
  await Promise.race([delay(milliseconds), end]);
  const pids = { npm: run.pid, trainer: lineage.at(-1)!, group: -run.pid };
  if (!ended.aborted) sendIfAlive(pids[target], signal);
  await end;
}

function stepsOf({ epoch, step }: Pick<Position, 'epoch' | 'step'>): number {
  return epoch * STEPS_PER_EPOCH + step;
}

/**
 * @param stepsBefore the steps that were saved when the process began
 * @returns whether the trainer reported where it stopped
 * @throws Error when the checkpoint is behind that, or behind what the trainer had saved before
 */
function assertNothingLost(
  { events }: Launched,
  { signal, target, early }: Strike,
  position: Position,
  stepsBefore: number,
): boolean {
  const found = stepsOf(position);
  const epochs = events.findLast(({ event }) => event === 'epoch')?.['epoch'] ?? 0;
  const saved = Math.max(stepsBefore, stepsOf({ epoch: Number(epochs), step: 0 }));
  const what = `${signal} to ${target}, at ${JSON.stringify(position)}`;
  if (found < saved) throw new Error(`${what}: expected at least the ${saved} saved steps, got ${found}`);
  const last = events.at(-1);
  const dies = signal === 'SIGKILL' && target !== 'npm';
  if (early || dies || last?.event === 'done') return false;
  const [, epoch, step = 0] =
    /interrupted (?:in|after) epoch (\d+)(?: after step (\d+))?;/.exec(String(last?.['message'])) ?? [];
  if (epoch === undefined) throw new Error(`${what}: expected INTERRUPTED, got ${JSON.stringify(last)}`);
  const reported = stepsOf({ epoch: Number(epoch) - (step === 0 ? 0 : 1), step: Number(step) });
  if (found !== reported)
    throw new Error(`${what}: expected ${reported} steps in the checkpoint, got ${found}`);
  return true;
}

/** Runs a command to its end without signals, and returns the hash of its parameters. */
async function endOf(args: readonly string[], folder: string): Promise<string> {
  const run = launch('bin', args, folder);
  const { ended, stderr } = await run.end;
  const done = run.events.at(-1);
  if (ended !== 0)
    throw new Error(
      `${args.join(' ')}: expected exit code 0, got ${ended}: ${JSON.stringify(done)}\n${stderr}`,
    );
  return String(done?.['parametersSha256']);
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
