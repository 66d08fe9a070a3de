import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from './run-cli.ts';

const packages = fileURLToPath(new URL('../..', import.meta.url));

/** Copies the sources of the trainer and of core to a folder of their own, and returns the trainer's. */
async function copySources(): Promise<string> {
  const root = await realpath(await temporaryFolder());
  await cp(path.join(packages, '..', 'pnpm-lock.yaml'), path.join(root, 'pnpm-lock.yaml'));
  for (const name of ['trainer', 'core']) {
    for (const part of ['bin', 'scripts', 'src', 'package.json']) {
      const from = path.join(packages, name, part);
      const to = path.join(root, 'packages', name, part);
      await cp(from, to, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }
  const trainer = path.join(root, 'packages', 'trainer');
  const modules = path.join(packages, 'trainer', 'node_modules');
  await mkdir(path.join(trainer, 'node_modules', '@micronn'), { recursive: true });
  for (const name of await readdir(modules)) {
    if (name.startsWith('.') || name === '@micronn') continue;
    await symlink(await realpath(path.join(modules, name)), path.join(trainer, 'node_modules', name));
  }
  await symlink(path.join(root, 'packages', 'core'), path.join(trainer, 'node_modules', '@micronn', 'core'));
  return trainer;
}

async function versionOf(trainer: string): Promise<string> {
  const bin = path.join(trainer, 'bin', 'micronn.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [bin, '--version']);
  return stdout.trim();
}

async function setVersion(trainer: string, version: string): Promise<void> {
  const file = path.join(trainer, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...manifest, version }));
}

test('the command runs a bundle of the current sources, or the sources where none can be written', async () => {
  const trainer = await copySources();
  const bundles = path.join(trainer, 'node_modules', '.cache', 'micronn');

  await setVersion(trainer, '1.2.3');
  expect(await versionOf(trainer)).toBe('1.2.3');
  const [first, ...others] = await readdir(bundles);
  expect(others).toEqual([]);

  // The bundle itself runs, not the sources.
  const main = path.join(bundles, first!, 'main.cjs');
  await writeFile(main, (await readFile(main, 'utf8')).replace('1.2.3', '9.9.9'));
  expect(await versionOf(trainer)).toBe('9.9.9');

  await setVersion(trainer, '1.2.4');
  expect(await versionOf(trainer)).toBe('1.2.4');
  expect(await readdir(bundles)).toHaveLength(2);

  await rm(path.join(trainer, 'node_modules', '.cache'), { recursive: true });
  await writeFile(path.join(trainer, 'node_modules', '.cache'), 'no folder can be made here');
  expect(await versionOf(trainer)).toBe('1.2.4');
});

test('commands that start at once share one bundle', async () => {
  const trainer = await copySources();
  const versions = await Promise.all(Array.from({ length: 4 }, () => versionOf(trainer)));
  expect(new Set(versions).size).toBe(1);
  expect(await readdir(path.join(trainer, 'node_modules', '.cache', 'micronn'))).toHaveLength(1);
});
