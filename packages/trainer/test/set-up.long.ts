import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const generated = new Set(['.git', '.turbo', 'dist', 'node_modules', 'runs', 'test-results']);
const manifest = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8')) as {
  packageManager: string;
};
const pnpm = `npx --yes --prefer-offline ${manifest.packageManager}`;

/** Prints the version alone to standard output. */
const npmStart = 'npm start -s -- --version';
/** Lists the tests without running them. */
const npmTest = 'npm test -s -- --dry=json';
const printed = { code: 0, stdout: '0.1.0\n' };

/** No registry answers. npx and pnpm have cached what came from the real one. */
const withoutNetwork = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

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

interface Conditions {
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command, and what it started, when standard output contains this. */
  readonly until?: string;
}

/** Types a command in the checkout. */
function type(folder: string, command: string, { env = {}, until }: Conditions = {}): Promise<Result> {
  const child = spawn(command, {
    cwd: folder,
    env: { ...outside(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: true,
    detached: until !== undefined,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (until !== undefined && stdout.includes(until)) process.kill(-child.pid!, 'SIGTERM');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The environment without what npm and pnpm have added for the command that runs this test. */
function outside(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm|pnpm|turbo)_|^(?:CI|INIT_CWD)$/i.test(name),
  );
  const places = (process.env['PATH'] ?? '').split(path.delimiter);
  return {
    ...Object.fromEntries(kept),
    PATH: places.filter((place) => !place.startsWith(repository)).join(path.delimiter),
  };
}

/** The packages in pnpm's virtual store. */
async function storedPackages(folder: string): Promise<string[]> {
  const names = await readdir(path.join(folder, 'node_modules/.pnpm'));
  return names.filter((name) => name.includes('@'));
}

function hasTools(folder: string): boolean {
  return ['node_modules/turbo', 'node_modules/vitest', 'packages/core/node_modules/tsdown'].every((tool) =>
    existsSync(path.join(folder, tool)),
  );
}

test('npm start installs the trainer in a fresh clone, and again what was removed', async () => {
  const folder = await checkout();
  const first = await type(folder, npmStart);
  expect(first).toMatchObject(printed);
  const all = await storedPackages(folder);
  // A first start should be short: each package is a request.
  expect(all.length).toBeLessThanOrEqual(60);
  expect(first.stderr).toMatch(/\nMicroNN: installed \d+ packages \(.*\) in \d+\.\d s\n$/);
  expect(await type(folder, npmStart, { env: withoutNetwork })).toEqual({ ...printed, stderr: '' });

  await rm(path.join(folder, 'packages/trainer/node_modules'), { recursive: true });
  const healed = await type(folder, npmStart);
  expect(healed).toMatchObject(printed);
  expect(healed.stderr).toContain(
    'MicroNN: @micronn/core is missing from node_modules: installing the trainer',
  );

  // A package that only other packages depend on.
  const removed = all.find((name) => name.startsWith('string-width@'));
  await rm(path.join(folder, 'node_modules/.pnpm', removed ?? 'none'), { recursive: true });
  expect(await type(folder, npmStart)).toMatchObject(printed);
  expect(await storedPackages(folder)).toEqual(all);
});

test('pnpm install, npm start, pnpm test: nothing is removed, and a new lock file changes that in nothing', async () => {
  const folder = await checkout();
  expect(await type(folder, `${pnpm} install`)).toMatchObject({ code: 0 });
  const all = await storedPackages(folder);
  for (const round of ['first', 'with a new lock file']) {
    expect([round, await type(folder, npmStart)]).toEqual([round, expect.objectContaining(printed)]);
    expect([round, hasTools(folder), await storedPackages(folder)]).toEqual([round, true, all]);
    const tested = await type(folder, `${pnpm} test --dry=json`, { env: withoutNetwork });
    expect([round, tested.code, tested.stderr]).toEqual([round, 0, expect.not.stringContaining('MicroNN:')]);
    const again = await type(folder, npmStart, { env: withoutNetwork });
    expect([round, again]).toEqual([round, { ...printed, stderr: '' }]);
    await appendFile(path.join(folder, 'pnpm-lock.yaml'), '# as after git pull\n');
  }
});

test.each([
  ['npm test, npm start', [npmTest, npmStart]],
  ['npm start, npm test', [npmStart, npmTest]],
])('%s: each works, nothing is removed, and again without network', async (_, commands) => {
  const folder = await checkout();
  let before: string[] = [];
  for (const command of commands) {
    expect([command, await type(folder, command)]).toEqual([command, expect.objectContaining({ code: 0 })]);
    const after = await storedPackages(folder);
    expect(after).toEqual(expect.arrayContaining(before));
    before = after;
  }
  expect(hasTools(folder)).toBe(true);
  for (const command of commands) {
    const again = await type(folder, command, { env: withoutNetwork });
    expect([command, again]).toEqual([command, expect.objectContaining({ code: 0, stderr: '' })]);
  }
  expect(await storedPackages(folder)).toEqual(before);
});

test.skipIf(process.platform === 'win32')(
  'npm start, then the commands of pnpm that the READMEs name',
  async () => {
    const folder = await checkout();
    expect(await type(folder, npmStart)).toMatchObject(printed);
    expect(hasTools(folder)).toBe(false);
    const until = 'http://localhost:';
    const site = await type(folder, `${pnpm} --filter docs-site dev --port 0`, { until });
    expect(site.stdout).toContain(until);
    expect(await type(folder, `${pnpm} --filter fixtures exec vitest --version`)).toMatchObject({ code: 0 });
    expect(await type(folder, npmStart, { env: withoutNetwork })).toEqual({ ...printed, stderr: '' });
  },
);

test('core is packed in a fresh clone', async () => {
  const folder = await checkout();
  const tarball = path.join(folder, 'core.tgz');
  expect(await type(folder, `${pnpm} --filter core pack --out ${tarball}`)).toMatchObject({ code: 0 });
  expect(existsSync(tarball)).toBe(true);
  expect(await type(folder, npmStart, { env: withoutNetwork })).toEqual({ ...printed, stderr: '' });
});

test('without the registry and without a cache, npm start says so', async () => {
  const folder = await checkout();
  const home = await temporaryFolder();
  const { code, stdout, stderr } = await type(folder, npmStart, {
    env: {
      HOME: home,
      npm_config_cache: path.join(home, 'npm'),
      npm_config_registry: 'http://127.0.0.1:9/',
      XDG_DATA_HOME: path.join(home, 'data'),
      XDG_CACHE_HOME: path.join(home, 'cache'),
    },
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^MicroNN: installing the trainer from the npm registry, and first pnpm \S+ if npx lacks it \(later runs need no network\)\n/,
  );
  expect(stderr).toMatch(
    /\nMicroNN: could not reach the npm registry: check the network connection or the proxy, and run the command again\n$/,
  );
});
