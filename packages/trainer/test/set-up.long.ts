import { spawn } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const generated = new Set(['.git', '.turbo', 'dist', 'node_modules', 'runs', 'test-results']);

/** A copy of the repository, as after `git clone`. */
async function checkout(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'MicroNN');
  await cp(repository, folder, { recursive: true, filter: (file) => !generated.has(path.basename(file)) });
  return folder;
}

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types `npm start -s -- --version` in the checkout: the version alone goes to standard output. */
function start(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const child = spawn('npm', ['start', '-s', '--', '--version'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

test('npm start installs the trainer in a fresh clone, and again what was removed', async () => {
  const folder = await checkout();
  const printed = { code: 0, stdout: '0.1.0\n' };
  expect(await start(folder)).toMatchObject(printed);
  expect(await start(folder)).toEqual({ ...printed, stderr: '' });

  await rm(path.join(folder, 'packages/trainer/node_modules'), { recursive: true });
  const healed = await start(folder);
  expect(healed).toMatchObject(printed);
  expect(healed.stderr).toContain(
    'MicroNN: @micronn/core is missing from node_modules: installing the trainer',
  );

  // A package that only other packages depend on.
  const store = path.join(folder, 'node_modules/.pnpm');
  const all = await readdir(store);
  const removed = all.find((name) => name.startsWith('string-width@'));
  await rm(path.join(store, removed ?? 'none'), { recursive: true });
  expect(await start(folder)).toMatchObject(printed);
  expect(await readdir(store)).toEqual(all);
});

test('without the registry and without a cache, npm start says so', async () => {
  const folder = await checkout();
  const home = await temporaryFolder();
  const { code, stdout, stderr } = await start(folder, {
    HOME: home,
    npm_config_cache: path.join(home, 'npm'),
    npm_config_registry: 'http://127.0.0.1:9/',
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^MicroNN: installing the trainer from the npm registry \(later runs need no network\)\n/,
  );
  expect(stderr).toMatch(
    /\nMicroNN: could not reach the npm registry: check the network connection or the proxy, and run the command again\n$/,
  );
});
