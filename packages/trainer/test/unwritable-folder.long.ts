import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { newOwner } from '../src/run-folder/lock-owner.ts';
import { hasNamespaces, inNamespace } from './namespace.ts';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, smallRun } from './small-run.ts';

describe.runIf(hasNamespaces)('a read-only run folder is refused with one sentence', () => {
  const launcher = inNamespace(
    '-rm',
    'mount --bind "$INIT_CWD/run" "$INIT_CWD/run" && mount -o remount,ro,bind "$INIT_CWD/run"',
  );

  test.each([
    ['without a lock', undefined],
    ['with the lock of a process that is gone', { ...newOwner(), started: '1' }],
  ])('%s', async (_, owner) => {
    const cwd = await temporaryFolder();
    const run = path.join(cwd, 'run');
    await doneOf([...argumentsOf(await smallRun(cwd)), '--out', 'run'], { cwd });
    if (owner) await writeFile(path.join(run, '.lock'), JSON.stringify(owner));
    const before = await readdir(run);
    expect(await runCli(['--resume', 'run', '--json'], { cwd, launcher })).toMatchObject({
      code: 2,
      events: [
        {
          event: 'error',
          code: 'RUN_FOLDER',
          file: run,
          message: expect.stringMatching(
            new RegExp(
              `^${run}: cannot lock the run folder: EROFS: read-only file system, \\w+ '${run}/\\.lock[^']*'$`,
            ),
          ),
        },
      ],
    });
    expect(await readdir(run)).toEqual(before);
  });
});

describe.runIf(hasNamespaces)('a disk that is too small is reported with the name of the run folder', () => {
  test.each([
    ['--out', ['--out', 'run'], 'run'],
    ['the time', [], 'runs/\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d'],
  ])('which comes from %s', async (_, args, name) => {
    const parent = await temporaryFolder();
    const run = argumentsOf(await smallRun(parent));
    const cwd = path.join(parent, 'small');
    await mkdir(cwd);
    const launcher = inNamespace('-rm', 'mount -t tmpfs -o size=512k none "$INIT_CWD"');
    expect(await runCli([...run, ...args, '--json'], { cwd, launcher })).toMatchObject({
      code: 2,
      events: [
        {
          code: 'RUN_FOLDER',
          message: expect.stringMatching(
            new RegExp(
              `^${cwd}/${name}: not enough disk space for the run folder: it needs [\\d.]+ MB, but only [\\d.]+ MB are free$`,
            ),
          ),
        },
      ],
    });
  });
});
