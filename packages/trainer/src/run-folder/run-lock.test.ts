import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockRunFolder } from './run-lock.ts';

async function lockedBy(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'micronn-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, '.lock'), text);
  return folder;
}

test.each([
  ['a living process', `${process.ppid} ${hostname()}`],
  ['another machine', '1 elsewhere'],
])('a folder that %s trains in is refused, and its lock stays', async (_, holder) => {
  const folder = await lockedBy(`${holder}\n`);
  const [pid, host] = holder.split(' ');
  await expect(lockRunFolder(folder)).rejects.toMatchObject({
    code: 'RUN_FOLDER',
    exitCode: 2,
    message: `${folder}: process ${pid} on ${host} is training in this run folder; if that process is gone, delete .lock`,
  });
  expect(await readdir(folder)).toEqual(['.lock']);
});

test.each([
  ['a process that is gone', () => `${spawnSync(process.execPath, ['--version']).pid} ${hostname()}\n`],
  ['one of this process', () => `${process.pid} ${hostname()}\n`],
  ['one that was never written to its end', () => ''],
])('what %s left is taken over, and given free', async (_, left) => {
  const folder = await lockedBy(left());
  const unlock = await lockRunFolder(folder);
  expect(await readdir(folder)).toEqual(['.lock']);
  await unlock();
  expect(await readdir(folder)).toEqual([]);
});
