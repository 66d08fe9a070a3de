import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { availableCores } from '../src/training/cores.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

const main = fileURLToPath(new URL('../bin/micronn.mjs', import.meta.url));

/** Replaces numbers that differ between runs. */
function withoutTimes(text: string): string {
  return text
    .replace(/[\d.]+ s /g, '# s ')
    .replace(/[\d,]+ images\/s/g, '# images/s')
    .replace(/[0-9a-f]{64}/g, '#')
    .replace(/\d+ threads?/g, '# threads')
    .replace(/\d\d\.\d\d %/g, '## %')
    .replace(/\d\.\d{4}/g, '#.####');
}

describe('the output', () => {
  test('in a pipe: plain lines', async () => {
    const cwd = await temporaryFolder();
    const { stdout, stderr, code } = await runCli(['--epochs', '2', '--out', 'run', '--threads', '1'], {
      cwd,
      report: true,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(withoutTimes(stdout)).toBe(`MicroNN
  network   784 → 10 → 10 · 7,960 parameters · uniform initialisation
  images    MNIST · 60,000 to train · 10,000 to test
  data      MNIST · 784 pixels 0–255 · 10 classes
  training  2 epochs · batch 64 · learning rate 0.1 · seed 42
  machine   # threads · data-parallel, 4 shards a batch · wasm backend

epoch 1/2  loss #.####  accuracy ## %  │  test #.####  ## %  │  # s  # images/s
epoch 2/2  loss #.####  accuracy ## %  │  test #.####  ## %  │  # s  # images/s

  test        accuracy ## % · loss #.####
  time        # s training · # images/s · # s in total
  parameters  sha256 #
  saved in    run
  report      run/report.html
`);
  });

  test('--parallel rows is in the header, in the start event and in config.json, and stays on --resume', async () => {
    const cwd = await temporaryFolder();
    const args = ['--epochs', '0', '--threads', '1', '--parallel', 'rows'];
    const { stdout } = await runCli([...args, '--out', 'printed'], { cwd });
    expect(stdout).toContain('  machine   1 thread · row-parallel, 4 shards a batch · wasm backend\n');
    const { events } = await runCli([...args, '--out', 'run', '--json'], { cwd });
    expect(events[0]).toMatchObject({ event: 'start', config: { parallel: 'rows' } });
    const config = JSON.parse(await readFile(path.join(cwd, 'run', 'config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ parallel: 'rows' });
    const resumed = await runCli(['--resume', 'run', '--json'], { cwd });
    expect(resumed.events[0]).toMatchObject({ event: 'start', config: { parallel: 'rows' } });
  });

  test.skipIf(process.platform !== 'linux')(
    'on a terminal: colour, a bar while an epoch runs, and its line after it',
    () => {
      // util-linux's script gives the command a real terminal. The network is one whose epoch takes long
      // enough for a bar on any machine.
      const { stdout, status } = spawnSync(
        'script',
        [
          '-qec',
          `${process.execPath} ${main} --epochs 1 --hidden 512,256 --out "$(mktemp -d)/run"`,
          '/dev/null',
        ],
        {
          encoding: 'utf8',
          // Without the rest of this environment: CI, NO_COLOR and similar variables affect colours.
          env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color' },
        },
      );
      expect(status).toBe(0);
      expect(stdout).toMatch(
        /━+─* +\d+ % {2}epoch 1\/1 {2}loss \d\.\d{4} {2}accuracy \d+\.\d\d % {2}[\d,]+ images\/s {2}[\d.]+ s left/,
      );
      expect(stdout).toMatch(/epoch 1\/1 {2}loss \d\.\d{4} {2}accuracy \d+\.\d\d % {2}│ {2}test/);
      expect(stdout).toContain('\u001b[36mnetwork');
    },
  );

  test('too many threads: a warning on standard error, or an event', async () => {
    const cwd = await temporaryFolder();
    const cores = availableCores();
    const run = ['--epochs', '0', '--threads', String(cores + 1)];
    expect(await runCli([...run, '--out', 'a'], { cwd })).toMatchObject({
      code: 0,
      stderr: `warning MORE_THREADS_THAN_CORES: only ${cores} of ${cores + 1} threads train, one for each core: --threads ${cores} is faster\n`,
    });
    const { events } = await runCli([...run, '--out', 'b', '--json'], { cwd });
    expect(events[1]).toMatchObject({ event: 'warning', code: 'MORE_THREADS_THAN_CORES' });
  });
});
