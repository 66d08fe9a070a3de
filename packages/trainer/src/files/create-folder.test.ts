import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { createFolder } from './create-folder.ts';

test('creates a folder and its parents, also many times at once', async () => {
  const folder = path.join(await temporaryFolder(), 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 20 }, () => createFolder(folder)));
  expect(await readdir(folder)).toEqual([]);
});

test('keeps a folder that exists, and what it holds', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'kept'));
  await createFolder(folder);
  expect(await readdir(folder)).toEqual(['kept']);
});

test('fails below a file, and in the place of one', async () => {
  const file = path.join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(createFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(createFolder(path.join(file, 'folder', 'in it'))).rejects.toThrow();
});

test.skipIf(process.platform === 'win32')(
  'follows a link to a folder, and fails on one to nothing',
  async () => {
    const folder = await temporaryFolder();
    await symlink(folder, path.join(folder, 'link'));
    await symlink(path.join(folder, 'none'), path.join(folder, 'broken'));
    await createFolder(path.join(folder, 'link', 'new'));
    expect(await readdir(path.join(folder, 'new'))).toEqual([]);
    await expect(createFolder(path.join(folder, 'broken', 'new'))).rejects.toThrow();
  },
);

test.skipIf(!existsSync('/proc/self'))('fails where the file system takes no folder', async () => {
  await expect(createFolder('/proc/micronn/cache')).rejects.toMatchObject({ code: 'ENOENT' });
});
