import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { findPython } from './installed-peers.ts';
import { type CommandRun, runCommand, terminalEnvironment } from './run-command.ts';

const { signal } = new AbortController();
const python = (await findPython([], signal))!;

/** Runs a program of Node. */
function runProgram(program: string, exitCode = 0): Promise<CommandRun> {
  const command = [process.execPath, '-e', program];
  return runCommand(python, { command, cwd: '.', env: process.env, exitCode }, signal);
}

describe.skipIf(process.platform === 'win32')('a command', () => {
  test('processor time includes the children of the command', async () => {
    const busy = `
      while (process.cpuUsage().user < 300_000);
      const { user, system } = process.cpuUsage();
      console.log(user + system);
    `;
    const { stdout, cpuMilliseconds } = await runProgram(`
      const { stdout } = require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(busy)}]);
      const { user, system } = process.cpuUsage();
      console.log(user + system + Number(stdout));
    `);
    expect(Number(stdout)).toBeGreaterThanOrEqual(300_000);
    expect(1000 * cpuMilliseconds).toBeGreaterThanOrEqual(Number(stdout));
  });

  test('time ends with the command', async () => {
    const { stdout, milliseconds } = await runProgram(
      'setTimeout(() => console.log(performance.now()), 100)',
    );
    expect(Number(stdout)).toBeGreaterThanOrEqual(99);
    expect(milliseconds).toBeGreaterThanOrEqual(Number(stdout));
  });

  test('memory is that of the command, not of the program that starts it', async () => {
    const caller = Buffer.alloc(400e6, 1);
    const { megabytes: small } = await runProgram('0');
    expect(small).toBeGreaterThan(20);
    expect(small).toBeLessThan(200);
    const { megabytes: large } = await runProgram('Buffer.alloc(300e6, 1)');
    expect(large).toBeGreaterThan(300);
    expect(large).toBeLessThan(caller.length / 1e6);
  });

  test('another exit code than the expected one is an error with the end of standard error', async () => {
    const failing = "console.error('no luck'); process.exitCode = 3";
    await expect(runProgram(failing)).rejects.toThrow(
      `${process.execPath} -e ${failing} to end with exit code 0, got exit code 3: no luck`,
    );
    await expect(runProgram(failing, 3)).resolves.toMatchObject({ stdout: '' });
    await expect(runProgram("process.kill(process.pid, 'SIGKILL')")).rejects.toThrow('got exit code -9: ');
  });

  test('a program that is not there is an error', async () => {
    const missing = runCommand(python, { command: ['/nowhere/program'], cwd: '.', env: {} }, signal);
    await expect(missing).rejects.toThrow(/^bench: .* got it did not start: .*\/nowhere\/program/s);
  });

  test('an interruption ends the command and its children', async () => {
    const file = path.join(await temporaryFolder(), 'pid');
    const child = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => 0, 1000)`;
    const program = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}])`;
    const interruption = new AbortController();
    const run = runCommand(
      python,
      { command: [process.execPath, '-e', program], cwd: '.', env: process.env },
      interruption.signal,
    );
    const ended = expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const pid = await vi.waitFor(
      () => {
        expect(existsSync(file) && readFileSync(file, 'utf8')).toMatch(/^\d+$/);
        return Number(readFileSync(file, 'utf8'));
      },
      { timeout: 60_000 },
    );
    interruption.abort();
    await ended;
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 60_000 });
  });
});

test('a command gets nothing of what npm or pnpm set for the script that runs bench', () => {
  const folders = ['/home/me/bin', '/clone/node_modules/.bin', '/npm/bin/node-gyp-bin', '/usr/bin'];
  const environment = terminalEnvironment({
    PATH: folders.join(path.delimiter),
    HOME: '/home/me',
    INIT_CWD: '/clone',
    npm_lifecycle_event: 'start',
    npm_config_loglevel: 'silent',
    pnpm_config_filter: 'trainer',
  });
  expect(environment).toEqual({ PATH: ['/home/me/bin', '/usr/bin'].join(path.delimiter), HOME: '/home/me' });
});
