// Runs `npm start`, `npm test` and the other root scripts. Needs only Node 20 or later and npm: installs what the
// command needs with the pinned pnpm, then runs the command on the pinned Node.
// A stamp file records what is installed, so that a second run starts at once and needs no network.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from './become.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const trainer = path.join(root, 'packages', 'trainer');
const stampFile = path.join(root, 'node_modules', '.micronn-installed.json');
/** What npx runs: the pnpm that package.json pins. Without --prefer-offline, npx waits for the registry. */
const npxPnpm = ['--yes', '--prefer-offline', readJson(path.join(root, 'package.json')).packageManager];
// Windows starts npx through its shell; no argument of ours holds a space or a quote.
const npxOptions = { cwd: root, shell: process.platform === 'win32' };

/** Arguments of `pnpm install`: the trainer without development tools, or everything. */
const scopes = {
  trainer: ['--prod', '--filter', '@micronn/trainer...'],
  everything: [],
};

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function lockHash() {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

function installed() {
  try {
    return readJson(stampFile);
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return { hash: '', scope: '' };
    throw error;
  }
}

function ensureInstalled(scope) {
  const hash = lockHash();
  const now = installed();
  if (now.hash === hash && (now.scope === scope || now.scope === 'everything')) return;
  // An update must not remove what an earlier `npm test` installed.
  const wanted = now.scope === 'everything' ? 'everything' : scope;
  const what = wanted === 'trainer' ? 'the trainer' : 'all packages and the development tools';
  process.stderr.write(`MicroNN: installing ${what} (later runs need no network)\n`);
  // The installation writes to standard error, so that `npm start -s -- --json` prints only JSON.
  const install = ['install', '--frozen-lockfile', ...scopes[wanted]];
  const { status, error } = spawnSync('npx', [...npxPnpm, ...install], {
    ...npxOptions,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    process.stderr.write(
      `MicroNN: the installation failed${error ? ` (${error.message})` : ''}: can this machine reach the npm registry?\n`,
    );
    process.exit(status ?? 1);
  }
  writeFileSync(stampFile, JSON.stringify({ hash, scope: wanted }));
}

/** The Node of the root's dependency `node`: every part of MicroNN runs on this version. */
function pinnedNode() {
  const binary = path.join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(binary))
    throw new Error(`the pinned Node is missing: ${binary}; delete node_modules and run the command again`);
  return binary;
}

/** Node's arguments in the trainer's start script, with the absolute path of its program. */
function trainerStart() {
  const [, ...args] = readJson(path.join(trainer, 'package.json')).scripts.start.split(' ');
  const program = args.pop();
  return [...args, path.join(trainer, program)];
}

/** Runs tasks of turbo.json; turbo takes the results of unchanged tasks from its cache. */
function runTasks(tasks, args) {
  ensureInstalled('everything');
  become('npx', [...npxPnpm, 'exec', 'turbo', 'run', ...tasks, '--continue', ...args], {
    ...npxOptions,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}

const [command, ...args] = process.argv.slice(2);
switch (command) {
  case 'start':
    ensureInstalled('trainer');
    become(pinnedNode(), [...trainerStart(), ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    break;
  case 'test':
    runTasks(['test', 'test:root'], args);
    break;
  case 'long':
    runTasks(['long'], args);
    break;
  case 'check':
    runTasks(['typecheck', 'lint', 'unused', 'build'], args);
    break;
  case 'build':
    runTasks(['build'], args);
    break;
  default:
    process.stderr.write(
      `micronn.mjs: expected start, test, check, build or long, got ${command ?? 'nothing'}\n`,
    );
    process.exitCode = 2;
}
