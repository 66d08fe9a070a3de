import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleWith } from './bundle.ts';
import { EXPECTED_HASH } from './reference-bits.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const { platform, arch } = process;
const extension = platform === 'win32' ? '.exe' : '';
const bunSystem = platform === 'win32' ? 'windows' : platform;
const bunProcessor = arch === 'arm64' ? 'aarch64' : arch;
const denoLibrary = platform === 'linux' ? '-glibc' : '';

/** An npm package and, in its dependency for this platform, the program. */
const engines = [
  {
    name: 'Bun',
    manifest: require.resolve('bun/package.json'),
    program: `@oven/bun-${bunSystem}-${bunProcessor}/bin/bun${extension}`,
    args: [],
  },
  {
    name: 'Deno',
    manifest: require.resolve('deno/package.json'),
    program: `@deno/${platform}-${arch}${denoLibrary}/deno${extension}`,
    args: ['run'],
  },
];

let folder: string;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-engines-'));
  script = path.join(folder, 'reference-bits.mjs');
  await writeFile(script, await bundleWith('console.log(await referenceHash());'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(engines)('$name', ({ manifest, program, args }) => {
  const executable = createRequire(manifest).resolve(program);

  test('has the version of its package', async () => {
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
    const { stdout } = await run(executable, ['--version']);
    expect(stdout).toContain(version);
  });

  test('computes the hash of the reference', async () => {
    const env = { ...process.env, DENO_DIR: path.join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' };
    const { stdout } = await run(executable, [...args, script], { env });
    expect(stdout.trim()).toBe(EXPECTED_HASH);
  });
});
