import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNetwork } from '@micronn/core';
import { stringifyModel } from '@micronn/core/json';
import { digits } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { encodeGreyPng } from './png-file.ts';
import { type JsonEvent, runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, smallRun } from './small-run.ts';

/** What the command does in surroundings that lack something, and with inputs that are no files. */

const main = fileURLToPath(new URL('../bin/micronn.mjs', import.meta.url));

/** Runs a script of bash, in which "$@" is the command with these arguments. */
function runBash(script: string, args: readonly string[], cwd: string, nodeArgs: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', script, 'bash', process.execPath, ...nodeArgs, main, ...args],
    { cwd, env: { ...process.env, INIT_CWD: undefined, NO_COLOR: '1' }, encoding: 'utf8' },
  );
  return { code: status, stdout, stderr };
}

/** Writes a model and an image of 28 × 28 pixels. */
async function modelAndImage(cwd: string): Promise<void> {
  const network = createNetwork([784, 10], { seed: 1 });
  await writeFile(path.join(cwd, 'model.json'), stringifyModel({ network, metadata: {} }));
  await writeFile(path.join(cwd, 'digit.png'), encodeGreyPng(digits.pixels().subarray(0, 784), 28));
}

describe('an engine that lacks something', () => {
  const withoutSimd = ['--no-enable-ssse3', '--no-enable-sse4-1'];
  // Other processors have no such flags.
  test.skipIf(process.arch !== 'x64')('without SIMD the reference backend trains', async () => {
    const cwd = await temporaryFolder();
    const run = argumentsOf({ ...(await smallRun(cwd)), epochs: '0', momentum: '0' });
    expect(runBash('exec "$@"', run, cwd, withoutSimd)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error ENGINE: this Node runs without the SIMD instructions of WebAssembly: use --backend reference\n',
    });
    const reference = [...run, '--backend', 'reference', '--out', 'run'];
    expect(runBash('exec "$@"', reference, cwd, withoutSimd)).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    ['--jitless', 'this Node runs without WebAssembly: use --backend reference'],
    [
      '--disallow-code-generation-from-strings',
      'this Node does not generate code from strings, which the worker threads need: run it without --disallow-code-generation-from-strings',
    ],
  ])('%s', async (flag, message) => {
    const cwd = await temporaryFolder();
    const { code, stdout, stderr } = runBash('exec "$@"', ['--json'], cwd, [flag]);
    expect({ code, stderr, event: JSON.parse(stdout) as unknown }).toEqual({
      code: 2,
      stderr: '',
      event: { event: 'error', code: 'ENGINE', message },
    });
    expect(await readdir(cwd)).toEqual([]);
  });
});

// Windows has neither these limits nor pipes among its files, and keeps the working folder of a process.
describe.skipIf(process.platform === 'win32')('the system', () => {
  test('a deleted working folder gets a sentence', async () => {
    const cwd = await temporaryFolder();
    const script = 'mkdir deleted && cd deleted && rmdir ../deleted && exec "$@"';
    for (const args of [
      ['predict', 'model.json', 'one.png'],
      ['--out', path.join(cwd, 'run')],
    ]) {
      expect(runBash(script, args, cwd)).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error WORKING_FOLDER: the working folder was deleted: change to another folder\n',
      });
    }
    expect(await readdir(cwd)).toEqual([]);
  });

  // Below 22 this Node crashes or cannot load its first module.
  test.skipIf(process.platform !== 'linux').each([22, 26])('%d open files', async (limit) => {
    const cwd = await temporaryFolder();
    const run = argumentsOf(await smallRun(cwd));
    expect(runBash(`ulimit -n ${limit}; exec "$@"`, [...run, '--out', 'run'], cwd)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error OPEN_FILES: too many open files: raise the limit, as ulimit -n 1024\n',
    });
    expect((await readdir(cwd)).filter((name) => name !== 'digits')).toEqual([]);
  });

  test('model, image and configuration come from pipes too', async () => {
    const cwd = await temporaryFolder();
    await modelAndImage(cwd);
    const files = ['predict', 'model.json', 'digit.png', '--json'];
    const [expected] = (await runCli(files, { cwd })).events;
    const piped = runBash('exec "$@" <(cat model.json) <(cat digit.png) --json', ['predict'], cwd);
    const { file: _, ...found } = JSON.parse(piped.stdout) as JsonEvent;
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(expected).toMatchObject(found);
    const configured = runBash('exec "$@" <(echo "{") --json', ['--config'], cwd);
    expect(configured).toMatchObject({ code: 2, stderr: '' });
    expect(JSON.parse(configured.stdout)).toMatchObject({
      code: 'CONFIG_FILE',
      message: expect.stringContaining('the --config file is not valid JSON'),
    });
  });

  test('SIGTERM is heard while the command waits for a pipe', async () => {
    const cwd = await temporaryFolder();
    await mkdir(path.join(cwd, 'images'));
    await modelAndImage(cwd);
    const pipe = path.join(cwd, 'images', 'pipe.png');
    runBash(`mkfifo ${pipe}`, [], cwd);
    const command = spawn(process.execPath, [main, 'predict', 'model.json', pipe, '--json'], {
      cwd,
      env: { ...process.env, INIT_CWD: undefined },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(command, 'close');
    let stdout = '';
    command.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    // Opens as soon as the command has opened its end.
    const writer = await open(pipe, 'w');
    command.kill('SIGTERM');
    expect(await closed).toEqual([130, null]);
    expect(JSON.parse(stdout)).toMatchObject({
      event: 'error',
      code: 'INTERRUPTED',
      message: `${pipe}: interrupted while reading`,
    });
    await writer.close();
  });
});
