import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LaunchEnd, launch, sendIfAlive, type Way } from './launch.ts';
import { temporaryFolder } from './run-cli.ts';
import { argumentsOf, positionOf, smallRun } from './small-run.ts';
import { trainHere } from './train-here.ts';

/** The process that gets the signal, by its place in the lineage, or the process group of the first. */
type Target = 'first' | 'shell' | 'start script' | 'trainer' | 'group';

function send(signal: NodeJS.Signals, target: Target, lineage: readonly number[]): void {
  const pids = {
    first: lineage[0]!,
    shell: lineage[1]!,
    'start script': lineage.at(-2)!,
    trainer: lineage.at(-1)!,
    group: -lineage[0]!,
  };
  process.kill(pids[target], signal);
}

/** Epochs that no run completes. */
const ENDLESS = '1000000';

/** A run that is interrupted after an epoch by a signal. */
async function interrupt(way: Way, signal: NodeJS.Signals, target: Target) {
  const cwd = await temporaryFolder();
  const options = { ...(await smallRun(cwd)), threads: '1' };
  const folder = path.join(cwd, 'run');
  const run = launch(way, [...argumentsOf({ ...options, epochs: ENDLESS }), '--out', folder], folder);
  await run.until('start');
  const lineage = await run.lineage();
  // Of a failed test, processes may be left.
  onTestFinished(() => {
    for (const pid of lineage) sendIfAlive(pid, 'SIGKILL');
  });
  await run.until('epoch');
  send(signal, target, lineage);
  return { options, folder, end: await run.end, last: run.events.at(-1)! };
}

type Interrupted = Awaited<ReturnType<typeof interrupt>>;

/** Expects that the run saved the step at which it says that it stopped, and {@link expectSameEnd}. */
async function expectSaved(interrupted: Interrupted): Promise<void> {
  const { folder, last } = interrupted;
  expect(last).toMatchObject({ event: 'error', code: 'INTERRUPTED' });
  const { epoch, step } = await positionOf(folder);
  const where = step > 0 ? `in epoch ${epoch + 1} after step ${step}` : `after epoch ${epoch}`;
  expect(last['message']).toContain(`interrupted ${where}; continue with --resume ${folder}`);
  await expectSameEnd(interrupted);
}

/** Expects that the run, resumed, ends with the same bits as an undisturbed run. */
async function expectSameEnd({ options, folder }: Interrupted): Promise<void> {
  const epochs = String((await positionOf(folder)).epoch + 2);
  const [whole] = (await trainHere({ ...options, out: `${folder}-whole`, epochs })).slice(-1);
  const [resumed] = (await trainHere({ resume: folder, epochs })).slice(-1);
  expect(resumed).toMatchObject({ event: 'done', parametersSha256: whole!['parametersSha256'] });
}

const ORPHAN = 'the process that started this command is gone: ';

describe.skipIf(process.platform === 'win32')('a signal saves the run', () => {
  test.each<[NodeJS.Signals, Target, LaunchEnd['ended'] | undefined]>([
    // npm survives these.
    ['SIGINT', 'start script', 130],
    ['SIGTERM', 'start script', 130],
    ['SIGHUP', 'start script', 130],
    ['SIGINT', 'trainer', 130],
    ['SIGTERM', 'trainer', 130],
    ['SIGHUP', 'trainer', 130],
    ['SIGINT', 'group', undefined],
    ['SIGTERM', 'group', undefined],
    ['SIGHUP', 'group', undefined],
    ['SIGTERM', 'first', undefined],
    ['SIGHUP', 'first', undefined],
  ])('npm start: %s to %s', async (signal, target, code) => {
    const interrupted = await interrupt('npm start', signal, target);
    if (code !== undefined) expect(interrupted.end.ended).toBe(code);
    await expectSaved(interrupted);
  });

  test.each<[NodeJS.Signals, Target]>([
    ['SIGKILL', 'first'],
    ['SIGKILL', 'start script'],
  ])('npm start: %s to %s, and the trainer notices', async (signal, target) => {
    const interrupted = await interrupt('npm start', signal, target);
    // Where the shell replaces itself by the script, the script notices first and passes SIGTERM on.
    if (process.platform === 'linux') expect(interrupted.last['message']).toContain(ORPHAN);
    await expectSaved(interrupted);
  });

  // Elsewhere the shell replaces itself by the script.
  test.runIf(process.platform === 'linux').each<NodeJS.Signals>(['SIGTERM', 'SIGKILL'])(
    'npm start: %s to its shell',
    async (signal) => {
      await expectSaved(await interrupt('npm start', signal, 'shell'));
    },
  );

  // pnpm starts a process group for the script of a filtered run, and passes signals on to that group.
  test.each<[NodeJS.Signals, Target]>([
    ['SIGINT', 'first'],
    ['SIGTERM', 'first'],
    ['SIGHUP', 'first'],
    ['SIGTERM', 'group'],
    ['SIGTERM', 'trainer'],
    ['SIGHUP', 'trainer'],
  ])('pnpm --filter trainer start: %s to %s', async (signal, target) => {
    await expectSaved(await interrupt('pnpm --filter trainer start', signal, target));
  });

  // A helper process of pnpm then kills the script; where it does not, the trainer notices.
  test('pnpm --filter trainer start: SIGKILL to pnpm ends the trainer, and the last checkpoint is intact', async () => {
    await expectSameEnd(await interrupt('pnpm --filter trainer start', 'SIGKILL', 'first'));
  });

  test.each<[NodeJS.Signals, Target]>([
    ['SIGINT', 'first'],
    ['SIGTERM', 'group'],
    ['SIGHUP', 'group'],
  ])('the bin: %s to %s', async (signal, target) => {
    const interrupted = await interrupt('bin', signal, target);
    expect(interrupted.end.ended).toBe(130);
    await expectSaved(interrupted);
  });
});

test.skipIf(process.platform === 'win32').each<Way>(['npm start', 'bin'])(
  '%s in the background: the run outlives the shell in which it was typed',
  async (way) => {
    const cwd = await temporaryFolder();
    const folder = path.join(cwd, 'run');
    const args = argumentsOf({ ...(await smallRun(cwd)), threads: '1', epochs: '300' });
    const run = launch(way, [...args, '--out', folder], folder, { inBackground: true });
    await run.until('epoch');
    await run.endShell();
    await run.end;
    expect(run.events.at(-1)).toMatchObject({ event: 'done', epochs: 300 });
  },
);

test.skipIf(process.platform === 'win32')(
  'npm start: a killed trainer ends with exit code 137 and a sentence',
  async () => {
    const { end } = await interrupt('npm start', 'SIGKILL', 'trainer');
    expect(end.ended).toBe(137);
    expect(end.stderr).toContain(
      'MicroNN: the command was killed (SIGKILL), most likely by the system because memory ran out; a training run continues from its last checkpoint with --resume <run folder>\n',
    );
  },
);

test.skipIf(process.platform === 'win32').each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
  '%s again, more than a second later, leaves at once in the middle of a step, with a sentence',
  async (signal) => {
    const folder = path.join(await temporaryFolder(), 'run');
    // A step of the whole of MNIST through float64 takes minutes.
    const slow = { backend: 'reference', batchSize: 'full', hidden: '2000', threads: '1' };
    const run = launch('bin', [...argumentsOf(slow), '--out', folder], folder);
    await run.until('start');
    const again = setInterval(() => sendIfAlive(run.pid, signal), 100);
    try {
      expect((await run.end).ended).toBe(130);
    } finally {
      clearInterval(again);
    }
    expect(run.events.slice(1)).toEqual([
      {
        event: 'error',
        code: 'INTERRUPTED',
        message: `left at once on a second ${signal}; the last checkpoint is intact: continue with --resume ${folder}`,
      },
    ]);
    expect(await positionOf(folder)).toMatchObject({ epoch: 0, step: 0 });
  },
);
