import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { nodePackages, platform } from './pinned-node.mjs';

const nodePackage = nodePackages[platform];
const installing =
  'installing the trainer from the npm registry, and first pnpm 1.2.3 if npx lacks it (later runs need no network)\n';

/** Stands for npx: writes its arguments to npx.json, runs an optional script and "installs" what is missing. */
const fakeNpx = `#!/usr/bin/env node
const { existsSync, mkdirSync, symlinkSync, writeFileSync } = require('node:fs');
const put = (file, content = '{}') => {
  mkdirSync(require('node:path').dirname(file), { recursive: true });
  writeFileSync(file, content);
};
put('npx.json', JSON.stringify(process.argv.slice(2)));
async function main() {
  if (existsSync('npx-fails.js')) await require(process.cwd() + '/npx-fails.js')();
  put('node_modules/.pnpm/zod@4/node_modules/zod/package.json');
  put('packages/trainer/node_modules/zod/package.json');
  if (existsSync('node_modules/${nodePackage}')) return;
  mkdirSync('node_modules/${nodePackage}/bin', { recursive: true });
  symlinkSync(process.execPath, 'node_modules/${nodePackage}/bin/node');
}
main();
`;

const files = {
  'package.json': { packageManager: 'pnpm@1.2.3', devDependencies: { vitest: 'catalog:' } },
  'pnpm-lock.yaml': 'locked',
  'pnpm-workspace.yaml': 'packages',
  'packages/trainer/package.json': { scripts: { start: 'node main.mjs' }, dependencies: { zod: 'catalog:' } },
  'packages/trainer/main.mjs': 'console.log("trained", ...process.argv.slice(2))',
  'bin/npx': fakeNpx,
};

/** A copy of the repository with one dependency. */
function checkout(root, changes = {}) {
  for (const [name, content] of Object.entries({ ...files, ...changes })) put(root, name, content);
  chmodSync(path.join(root, 'bin', 'npx'), 0o755);
  for (const name of readdirSync(import.meta.dirname)) {
    if (!name.endsWith('.mjs') || name.endsWith('.test.mjs')) continue;
    mkdirSync(path.join(root, 'scripts'), { recursive: true });
    copyFileSync(path.join(import.meta.dirname, name), path.join(root, 'scripts', name));
  }
}

function put(root, name, content) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

/** Runs `npm start -- …` without npm. `npxArgs` is undefined if npx did not run. */
function start(root, { args = ['--epochs', '1'], onStderr } = {}) {
  rmSync(path.join(root, 'npx.json'), { force: true });
  const child = spawn(process.execPath, ['scripts/micronn.mjs', 'start', ...args], {
    cwd: root,
    env: { ...process.env, PATH: `${path.join(root, 'bin')}${path.delimiter}${process.env.PATH}` },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    onStderr?.(text, child);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const record = path.join(root, 'npx.json');
      const npxArgs = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : undefined;
      resolve({ code, stdout, stderr, npxArgs });
    });
  });
}

/** A checkout in which everything is installed. */
async function installed() {
  const root = await temporaryFolder();
  cpSync(prepared, root, { recursive: true, verbatimSymlinks: true });
  return root;
}

let prepared;
beforeAll(async () => {
  if (process.platform === 'win32') return;
  prepared = mkdtempSync(path.join(tmpdir(), 'micronn-test-'));
  checkout(prepared);
  await start(prepared);
});
afterAll(() => prepared && rmSync(prepared, { recursive: true }));

// The fake npx needs a shebang.
const testOnUnix = test.skipIf(process.platform === 'win32');

testOnUnix('the first start installs the trainer, a later one nothing', async () => {
  const root = await temporaryFolder();
  checkout(root);
  const trained = { code: 0, stdout: 'trained --epochs 1\n' };
  const first = await start(root);
  expect(first).toMatchObject({ ...trained, stderr: `MicroNN: ${installing}` });
  expect(first.npxArgs.slice(0, 5)).toEqual([
    '--yes',
    '--prefer-offline',
    'pnpm@1.2.3',
    'install',
    '--frozen-lockfile',
  ]);
  expect(first.npxArgs.slice(-3)).toEqual(['--prod', '--filter', '@micronn/trainer...']);
  expect(await start(root)).toEqual({ ...trained, stderr: '', npxArgs: undefined });
});

testOnUnix.each([
  ['packages/trainer/node_modules', 'zod is missing from node_modules: '],
  ['packages/trainer/node_modules/zod/package.json', 'zod is missing from node_modules: '],
  [`node_modules/${nodePackage}`, 'Node is missing from node_modules: '],
  [`node_modules/${nodePackage}/bin/node`, 'Node is missing from node_modules: '],
  ['node_modules/.pnpm/zod@4', ''],
  ['node_modules/.micronn-installed.json', ''],
  ['node_modules', ''],
])('after the removal of %s, a start installs it again', async (removed, reason) => {
  const root = await installed();
  rmSync(path.join(root, removed), { recursive: true });
  expect(await start(root)).toMatchObject({ code: 0, stderr: `MicroNN: ${reason}${installing}` });
  expect(existsSync(path.join(root, removed))).toBe(true);
});

testOnUnix('a Node that is cut off is installed again', async () => {
  const root = await installed();
  const binary = path.join(root, `node_modules/${nodePackage}/bin/node`);
  rmSync(binary);
  writeFileSync(binary, '', { mode: 0o755 });
  expect(await start(root)).toMatchObject({
    code: 0,
    stdout: 'trained --epochs 1\n',
    stderr: `MicroNN: Node is missing from node_modules: ${installing}`,
  });
});

testOnUnix.each([
  ['an empty stamp', () => ''],
  ['the stamp of another platform', (stamp) => JSON.stringify({ ...stamp, platform: 'sunos-sparc' })],
  ['the stamp of other lock files', (stamp) => JSON.stringify({ ...stamp, lockFileTimes: '', lockHash: '' })],
])('with %s, a start installs again', async (_, change) => {
  const root = await installed();
  const file = path.join(root, 'node_modules/.micronn-installed.json');
  writeFileSync(file, change(JSON.parse(readFileSync(file, 'utf8'))));
  expect(await start(root)).toMatchObject({ code: 0, stderr: `MicroNN: ${installing}` });
});

testOnUnix('the same lock files with other times install nothing, and are remembered', async () => {
  const root = await installed();
  const file = path.join(root, 'node_modules/.micronn-installed.json');
  const before = JSON.parse(readFileSync(file, 'utf8'));
  utimesSync(path.join(root, 'pnpm-lock.yaml'), 1, 1);
  expect(await start(root)).toMatchObject({ stderr: '', npxArgs: undefined });
  const after = JSON.parse(readFileSync(file, 'utf8'));
  expect(after.lockFileTimes).not.toBe(before.lockFileTimes);
  expect(after).toEqual({ ...before, lockFileTimes: after.lockFileTimes });
});

testOnUnix('a stamp that cannot be read or written is no reason to stop', async () => {
  const root = await installed();
  rmSync(path.join(root, 'node_modules/.micronn-installed.json'));
  mkdirSync(path.join(root, 'node_modules/.micronn-installed.json'));
  const { code, stdout, stderr } = await start(root);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'trained --epochs 1\n' });
  expect(stderr).toContain(
    'MicroNN: could not record the installation, the next run checks it again: EISDIR',
  );
});

testOnUnix('a new lock file is installed', async () => {
  const root = await installed();
  put(root, 'pnpm-lock.yaml', 'locked again');
  expect((await start(root)).stderr).toBe(`MicroNN: ${installing}`);
});

testOnUnix('an installation keeps the development tools', async () => {
  const root = await installed();
  put(root, 'node_modules/vitest/package.json', '{}');
  put(root, 'pnpm-lock.yaml', 'locked again');
  const { stderr, npxArgs } = await start(root);
  expect(stderr).toContain(
    'MicroNN: installing all packages and the development tools from the npm registry',
  );
  expect(npxArgs).not.toContain('--prod');
});

testOnUnix('after `pnpm install`, a start installs nothing', async () => {
  const root = await installed();
  rmSync(path.join(root, 'node_modules/.micronn-installed.json'));
  put(root, 'node_modules/.pnpm/lock.yaml', 'locked');
  expect((await start(root)).npxArgs).toBeUndefined();
});

/** Starts with an npx that runs this function's body first. */
async function startFailing(body, options) {
  const root = await temporaryFolder();
  checkout(root, { 'npx-fails.js': `module.exports = async () => { ${body} }` });
  const result = await start(root, options);
  expect(result.stdout).toBe('');
  expect(result.stderr.startsWith(`MicroNN: ${installing}`)).toBe(true);
  return { code: result.code, stderr: result.stderr.slice(`MicroNN: ${installing}`.length) };
}

testOnUnix('a failed installation shows the output and names the cause', async () => {
  const body = `console.log('out'); console.error('npm error code ENOTFOUND'); process.exit(7);`;
  expect(await startFailing(body)).toEqual({
    code: 1,
    stderr:
      'out\nnpm error code ENOTFOUND\nMicroNN: could not reach the npm registry: check the network connection or the proxy, and run the command again\n',
  });
});

testOnUnix('an unknown cause is not guessed', async () => {
  expect(await startFailing(`console.error('npm error code E404'); process.exit(1);`)).toEqual({
    code: 1,
    stderr: 'npm error code E404\nMicroNN: the installation failed: see the output above\n',
  });
});

testOnUnix('a killed installation says so', async () => {
  expect(
    await startFailing(`process.kill(process.pid, 'SIGKILL'); await new Promise(() => undefined);`),
  ).toEqual({
    code: 137,
    stderr: 'MicroNN: SIGKILL ended the installation: run the command again\n',
  });
});

testOnUnix.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
])('%s ends the installation too', async (signal, code) => {
  // As pnpm does under npx, a child of the fake npx keeps the output open.
  const waiter = `console.log('waiting'); setInterval(() => undefined, 1000)`;
  const body = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(waiter)}], { stdio: 'inherit' })`;
  const onStderr = (text, child) => text.includes('waiting') && child.kill(signal);
  expect(await startFailing(body, { onStderr })).toEqual({
    code,
    stderr: `waiting\nMicroNN: ${signal} ended the installation: run the command again\n`,
  });
});

testOnUnix('an installation that leaves out Node says so', async () => {
  expect(await startFailing('process.exit(0);')).toEqual({
    code: 1,
    stderr:
      'MicroNN: Node is missing from node_modules after the installation: delete node_modules and run the command again\n',
  });
});
