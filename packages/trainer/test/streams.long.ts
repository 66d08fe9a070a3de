import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, createReadStream, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NO_REPORT_VARIABLE } from './harness/environment.ts';
import { temporaryFolder } from './run-cli.ts';
import { argumentsOf, positionOf, smallRun } from './small-run.ts';

const harnessMain = fileURLToPath(new URL('./harness/main.ts', import.meta.url));
const streams = new URL('../src/console/standard-streams.ts', import.meta.url);

/** Epochs that no run completes. */
const ENDLESS = '1000000';

/** Starts a small run in the folder `run`. */
async function start(
  epochs: string,
  {
    args = [],
    stdout = 'pipe',
    env = {},
  }: { args?: string[]; stdout?: 'pipe' | number; env?: NodeJS.ProcessEnv },
): Promise<{ child: ChildProcess; folder: string }> {
  const cwd = await temporaryFolder();
  const run = argumentsOf({ ...(await smallRun(cwd)), epochs });
  const child = spawn(process.execPath, [harnessMain, ...run, '--out', 'run', ...args], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd, [NO_REPORT_VARIABLE]: '1', ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, folder: path.join(cwd, 'run') };
}

/** A pipe that takes nothing more until it is read: its name, its two ends, and what it holds. */
async function fullPipe(): Promise<{ file: string; reader: number; writer: number; held: number }> {
  const file = path.join(await temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [file]);
  const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const filler = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  let held = 0;
  // Down to single bytes, so that not even a short line fits.
  for (const size of [4096, 1]) {
    for (;;) {
      try {
        held += writeSync(filler, 'x'.repeat(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        break;
      }
    }
  }
  closeSync(filler);
  const writer = openSync(file, constants.O_WRONLY);
  return { file, reader, writer, held };
}

/** Waits until the run has completed so many epochs. */
async function hasTrained(folder: string, epochs: number): Promise<void> {
  const file = path.join(folder, 'metrics.jsonl');
  while ((await readFile(file, 'utf8').catch(() => '')).split('\n').length <= epochs) await delay(5);
}

describe.skipIf(process.platform === 'win32')('standard output', () => {
  test('closed by its reader: a plain run goes on to its end', async () => {
    const { child, folder } = await start('30', {});
    child.stdout!.once('data', () => child.stdout!.destroy());
    const stderr = text(child.stderr!);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await stderr).toBe('');
    expect((await positionOf(folder)).epoch).toBe(30);
  });

  test('closed by its reader, with --json: the run is interrupted and saved', async () => {
    const { child, folder } = await start(ENDLESS, { args: ['--json'] });
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await once(child, 'close')).toEqual([130, null]);
    const { epoch, step } = await positionOf(folder);
    expect(epoch + step).toBeGreaterThan(0);
  });

  test.each([[[]], [['--json']]])(
    'a full pipe that nobody reads: SIGTERM saves and ends the run %j',
    async (args) => {
      const { reader, writer } = await fullPipe();
      const { child, folder } = await start(ENDLESS, { args, stdout: writer });
      closeSync(writer);
      await hasTrained(folder, 1);
      child.kill('SIGTERM');
      expect(await once(child, 'close')).toEqual([130, null]);
      closeSync(reader);
      expect((await positionOf(folder)).epoch).toBeGreaterThan(0);
    },
  );

  test('a full pipe that is read after the end of the run: no line is lost', async () => {
    const { file, reader, writer, held } = await fullPipe();
    const { child, folder } = await start('30', { stdout: writer });
    closeSync(writer);
    await hasTrained(folder, 30);
    const output = text(createReadStream(file));
    expect(await once(child, 'close')).toEqual([0, null]);
    closeSync(reader);
    const lines = (await output).slice(held).trim().split('\n');
    expect(lines.filter((line) => line.startsWith('epoch '))).toHaveLength(30);
    expect(lines.at(-1)).toBe('  saved in    run');
  });

  test.runIf(process.platform === 'linux').each([
    { args: [], epoch: 30 },
    { args: ['--json'], epoch: undefined },
  ])('on a full disk: the run is saved, and the error told once $args', async ({ args, epoch }) => {
    const full = openSync('/dev/full', 'w');
    const { child, folder } = await start('30', { args, stdout: full });
    closeSync(full);
    const stderr = text(child.stderr!);
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(await stderr).toBe(
      'error OUTPUT: cannot write to standard output: ENOSPC: no space left on device, write\n',
    );
    const position = await positionOf(folder);
    if (epoch !== undefined) expect(position.epoch).toBe(epoch);
  });

  test('an error outside of any promise discards no output that waits in a pipe', async () => {
    const program = `
      import { exitWhenWritten } from ${JSON.stringify(streams)};
      process.stdout.write('x'.repeat(1_000_000));
      exitWhenWritten(3);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    const stdout = text(child.stdout);
    expect(await once(child, 'close')).toEqual([3, null]);
    expect(await stdout).toHaveLength(1_000_000);
  });
});

test.skipIf(process.platform === 'win32')(
  'standard error closed by its reader: the run goes on',
  async () => {
    // Causes a warning.
    const threads = String(availableParallelism() + 1);
    const { child, folder } = await start('3', { args: ['--threads', threads] });
    child.stderr!.destroy();
    child.stdout!.resume();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect((await positionOf(folder)).epoch).toBe(3);
  },
);

test.runIf(process.platform === 'linux')('TERM=dumb: a terminal gets no escape sequence', async () => {
  const cwd = await temporaryFolder();
  const run = argumentsOf({ ...(await smallRun(cwd)), epochs: '3', out: path.join(cwd, 'run') });
  // util-linux's script gives the command a real terminal.
  const output = execFileSync(
    'script',
    ['-qec', [process.execPath, harnessMain, ...run].join(' '), '/dev/null'],
    {
      encoding: 'utf8',
      // Without the rest of this environment: CI, NO_COLOR and similar variables affect colours.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], [NO_REPORT_VARIABLE]: '1', TERM: 'dumb' },
    },
  );
  expect(output).toContain('epoch 3/3');
  expect(output).not.toContain('\u001b');
});
