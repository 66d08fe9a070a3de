/**
 * Runs before the tests of this folder: packs core, which builds it, and installs the tarball into an empty folder, with
 * the README's commands and, for npm, without a network. So the tests see the package as a user does.
 */
import { exec } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed tarball. */
    tarball: string;
    /** A copy of the folder consumer/ with the tarball installed. */
    consumer: string;
  }
}

const run = promisify(exec);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const withoutNetwork = {
  ...process.env,
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};
const README_TARBALL = '/tmp/micronn-core.tgz';

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'micronn-core-'));
  const teardown = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const tarball = path.join(folder, 'micronn-core.tgz');
    const consumer = path.join(folder, 'consumer');
    await mkdir(consumer);
    // The manifest that `npm init` writes, with ES modules.
    await writeFile(path.join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
    const [pack, install] = await readmeCommands();
    await run(pack.replace(README_TARBALL, tarball).replace('pnpm', await pinnedPnpm()), { cwd: root });
    await run(install.replace(README_TARBALL, tarball), { cwd: consumer, env: withoutNetwork });
    await cp(new URL('consumer', import.meta.url), consumer, { recursive: true });
    provide('tarball', tarball);
    provide('consumer', consumer);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/** The README's two commands: one for this repository, one for the project that uses the package. */
async function readmeCommands(): Promise<[pack: string, install: string]> {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(readme) ?? [];
  const commands = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const [pack, install] = commands;
  if (!pack?.startsWith('pnpm ') || !install?.startsWith('npm ') || commands.length > 2) {
    throw new Error(`README.md: expected a pnpm command and an npm command, got ${JSON.stringify(commands)}`);
  }
  return [pack, install];
}

async function pinnedPnpm(): Promise<string> {
  const { packageManager } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  return `npx --yes --prefer-offline ${packageManager}`;
}
