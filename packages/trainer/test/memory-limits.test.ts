import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, smallRun } from './small-run.ts';

const main = fileURLToPath(new URL('../bin/micronn.mjs', import.meta.url));

test('a network that cannot fit is refused by arithmetic, and leaves no folder', async () => {
  const cwd = await temporaryFolder();
  expect(await runCli(['--hidden', '22000,22000', '--out', 'run'], { cwd })).toMatchObject({
    code: 2,
    stdout: '',
    stderr:
      'error OPTION_VALUE: --hidden gives a network of 501,512,010 parameters, which needs 9.41 GiB with 4 shards, but a WebAssembly memory has 4.00 GiB: choose smaller layers or fewer shards\n',
  });
  expect(await readdir(cwd)).toEqual([]);
});

test('a large network is announced before it is prepared', async () => {
  const cwd = await temporaryFolder();
  const options = { ...(await smallRun(cwd)), hidden: '5500,128', epochs: '0', out: 'run' };
  const { code, stdout } = await runCli(argumentsOf(options), { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^preparing a network of 5,022,918 parameters …\nMicroNN\n {2}network/);
});

describe.runIf(process.platform === 'linux')('a limit of 4 GiB of addresses', () => {
  test.each(['wasm', 'reference'])('--backend %s: a small network trains', async (backend) => {
    const cwd = await temporaryFolder();
    const args = argumentsOf({ ...(await smallRun(cwd)), backend, out: 'run' });
    expect(await runLimited(args, cwd)).toEqual({ code: 0, stderr: '' });
  });

  test.each(['wasm', 'reference'])(
    '--backend %s: a large one is refused with exit code 3',
    async (backend) => {
      const cwd = await temporaryFolder();
      const args = argumentsOf({ ...(await smallRun(cwd)), backend, hidden: '6000,6000', out: 'run' });
      const { code, stderr } = await runLimited(args, cwd);
      expect(stderr).toMatch(
        /^error DATA_TOO_LARGE: .*, but the system refuses to reserve memory \(.+\): free memory, or raise the limit of addresses \(ulimit -v\)\n$/,
      );
      expect(code).toBe(3);
    },
  );
});

/** Runs the command with 4 GiB of addresses. */
function runLimited(args: readonly string[], cwd: string): Promise<{ code: unknown; stderr: string }> {
  const limited = ['-c', 'ulimit -v 4194304; exec "$0" "$@"', process.execPath, main, ...args];
  const env = { ...process.env, INIT_CWD: cwd, MICRONN_CACHE: path.join(cwd, 'cache') };
  return new Promise((resolve) => {
    execFile('/bin/sh', limited, { cwd, env }, (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}
