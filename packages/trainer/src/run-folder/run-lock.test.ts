import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LockOwner, newOwner } from './lock-owner.ts';
import { lockRunFolder } from './run-lock.ts';

const gonePid = spawnSync(process.execPath, ['--version']).pid;
const gone: LockOwner = { ...newOwner(), pid: gonePid };
const elsewhere: LockOwner = { ...newOwner(), host: 'elsewhere' };
const PATIENCE = 100;

const textOf = (owner: LockOwner, beat = 0): string =>
  `${JSON.stringify({ ...owner, beat: String(beat).padStart(10, '0') })}\n`;

async function folderWith(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'micronn-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

const tokenIn = async (folder: string): Promise<unknown> =>
  (JSON.parse(await readFile(path.join(folder, '.lock'), 'utf8')) as LockOwner).token;

test('a lock is one file, which is removed on release', async () => {
  const folder = await folderWith();
  const lock = await lockRunFolder(folder);
  expect(await readdir(folder)).toEqual(['.lock']);
  await lock.assertHeld();
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test('a folder in which this process trains is refused at once, and its lock stays', async () => {
  const folder = await folderWith();
  const lock = await lockRunFolder(folder);
  await expect(lockRunFolder(folder)).rejects.toMatchObject({
    code: 'RUN_FOLDER',
    exitCode: 2,
    message: expect.stringMatching(
      /: process \d+ on .+ is training in this run folder; wait until it ends, or stop it$/,
    ),
  });
  expect(await readdir(folder)).toEqual(['.lock']);
  await lock.assertHeld();
  await lock.release();
});

test.skipIf(process.platform === 'win32').each([
  ['a pipe', 'mkfifo .lock'],
  ['a link to nowhere', 'ln -s nowhere .lock'],
  ['a folder', 'mkdir .lock'],
])('%s in place of the lock is refused', async (_, command) => {
  const folder = await folderWith();
  spawnSync('sh', ['-c', command], { cwd: folder });
  await expect(lockRunFolder(folder)).rejects.toMatchObject({
    code: 'RUN_FOLDER',
    message: expect.stringMatching(/: cannot lock the run folder: (\.lock is not a file$|ELOOP)/),
  });
});

test('of eight that lock an abandoned folder at once, one gets it', async () => {
  const folder = await folderWith({
    '.lock': textOf(gone),
    [`.lock.${gone.token}`]: textOf({ ...gone, token: 'a'.repeat(16) }),
  });
  const locks = await Promise.allSettled(Array.from({ length: 8 }, () => lockRunFolder(folder)));
  const held = locks.filter(({ status }) => status === 'fulfilled');
  expect(held).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['.lock']);
});

describe('a lock is taken over at once, without a word', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['of a process that is gone', { '.lock': textOf(gone) }],
    [
      'whose taker was killed too',
      { '.lock': textOf(gone), [`.lock.${gone.token}`]: textOf({ ...gone, token: 'a'.repeat(16) }) },
    ],
    [
      'whose owner was killed while it released the lock',
      { '.lock': textOf(gone), [`.lock.${gone.token}`]: textOf(gone) },
    ],
    [
      'which is no more, but guards of earlier ones are',
      {
        [`.lock.${gone.token}`]: textOf(gone),
        [`.lock.${gone.token}.${'b'.repeat(16)}`]: '',
      },
    ],
  ])('%s', async (_, files) => {
    const folder = await folderWith({ ...files, '.lock.mine': '' });
    const warnings: string[] = [];
    const lock = await lockRunFolder(folder, { warn: (code) => warnings.push(code) });
    expect(await readdir(folder)).toEqual(['.lock', '.lock.mine']);
    expect(await tokenIn(folder)).not.toBe(gone.token);
    await lock.release();
    expect({ left: await readdir(folder), warnings }).toEqual({ left: ['.lock.mine'], warnings: [] });
  });
});

describe('a lock that cannot be judged', () => {
  test.each<[string, string, string]>([
    ['of another host', textOf(elsewhere), `process ${process.pid} on elsewhere`],
    ['of the older format', `1 elsewhere\n`, 'another process'],
    ['that was never written to its end', '', 'another process'],
    ['with a token that leaves the folder', textOf({ ...gone, token: '../../../up' }), 'another process'],
  ])('is taken over after a silence, with one warning: one %s', async (_, text, owner) => {
    const folder = await folderWith({ '.lock': text });
    const warnings: string[] = [];
    const lock = await lockRunFolder(folder, {
      patience: PATIENCE,
      warn: (code, message) => warnings.push(`${code}: ${message}`),
    });
    expect(warnings).toEqual([
      `RUN_FOLDER_LOCKED: ${folder}: locked by ${owner}, which may be gone; waiting up to 0.1 s for a sign of life`,
    ]);
    expect(await readdir(folder)).toEqual(['.lock']);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('is refused at its first beat', async () => {
    const folder = await folderWith({ '.lock': textOf(elsewhere) });
    const beat = () => void writeFile(path.join(folder, '.lock'), textOf(elsewhere, 1));
    await expect(lockRunFolder(folder, { warn: beat })).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      sentence: `process ${process.pid} on elsewhere is training in this run folder; wait until it ends, or stop it`,
    });
    expect(await readdir(folder)).toEqual(['.lock']);
  });

  test('is free as soon as it is released', async () => {
    const folder = await folderWith({ '.lock': textOf(elsewhere) });
    const lock = await lockRunFolder(folder, { warn: () => void rm(path.join(folder, '.lock')) });
    await lock.release();
  });

  test('does not keep Ctrl-C from being heard', async () => {
    const folder = await folderWith({ '.lock': textOf(elsewhere) });
    const interruption = new AbortController();
    const { signal } = interruption;
    await expect(lockRunFolder(folder, { signal, warn: () => interruption.abort() })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 130,
    });
  });
});

describe('a process that finds its lock in other hands', () => {
  test.each<[string, (file: string) => Promise<void>]>([
    [
      'after another one has taken it over',
      async (file) => {
        await writeFile(`${file}.new`, textOf(elsewhere));
        await rename(`${file}.new`, file);
      },
    ],
    ['after a person has deleted it', (file) => rm(file)],
  ])('knows it before it saves, and leaves the lock alone: %s', async (_, change) => {
    const folder = await folderWith();
    const lock = await lockRunFolder(folder);
    await change(path.join(folder, '.lock'));
    const left = await readdir(folder);
    await expect(lock.assertHeld()).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      exitCode: 2,
      message: `${folder}: this process has lost the lock of the run folder: another process took the folder over, or .lock was deleted; earlier checkpoints are intact`,
    });
    await lock.release();
    expect(await readdir(folder)).toEqual(left);
  });

  test('finds it at the next beat', async () => {
    const folder = await folderWith();
    const lock = await lockRunFolder(folder);
    await rm(path.join(folder, '.lock'));
    await new Promise((resolve) => lock.lost.addEventListener('abort', resolve));
    await lock.release();
  });
});
