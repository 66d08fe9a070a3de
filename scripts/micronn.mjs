// The set-up behind `npm start`, `npm test` and `npm run …`: runs on the machine's own Node (20 or later) with nothing
// but npm, installs what the command needs with the pinned pnpm, then does the job on the pinned Node.
// A stamp remembers what was installed, so that a second run neither waits nor needs a network.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = path.join(root, 'node_modules', '.micronn-installed.json');
const pnpmPin = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).packageManager;

/** What each command needs: the trainer alone without development tools, or everything. */
const scopes = {
  trainer: ['--prod', '--filter', '@micronn/trainer...'],
  everything: [],
};

function pnpm(args, options) {
  // Windows starts npx through its shell; none of our arguments holds a blank or a quote.
  return spawnSync('npx', ['--yes', '--prefer-offline', pnpmPin, ...args], {
    cwd: root,
    shell: process.platform === 'win32',
    ...options,
  });
}

function lockHash() {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

function installed() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return { hash: '', scope: '' };
    throw error;
  }
}

function ensureInstalled(scope) {
  const hash = lockHash();
  const now = installed();
  if (now.hash === hash && (now.scope === scope || now.scope === 'everything')) return;
  // An update must not take away what an earlier `npm test` brought.
  const wanted = now.scope === 'everything' ? 'everything' : scope;
  const what = wanted === 'trainer' ? 'the trainer' : 'everything, with the development tools';
  process.stderr.write(`MicroNN: installing ${what} (once)\n`);
  // Installation talks on standard error, so that `npm start -s -- --json` prints JSON alone.
  const { status, error } = pnpm(['install', '--frozen-lockfile', ...scopes[wanted]], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    process.stderr.write(
      `MicroNN: the installation failed${error ? ` (${error.message})` : ''}: is the npm registry within reach?\n`,
    );
    process.exit(status ?? 1);
  }
  writeFileSync(stampFile, JSON.stringify({ hash, scope: wanted }));
}

/** The Node that the root's package `node` brought: all of MicroNN runs on this one version. */
function pinnedNode() {
  const binary = path.join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(binary))
    throw new Error(`the pinned Node is missing: ${binary}; delete node_modules and try again`);
  return binary;
}

/** Runs a program to its end, hands it Ctrl-C and SIGTERM, and leaves with its exit code. */
function become(command, args, options) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // Ctrl-C reaches the child too, as it is in the same group of the terminal: wait for what it makes of it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`MicroNN: ${command} did not start: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

/** Runs tasks of turbo.json; what has not changed since the last time comes from its cache. */
function runTasks(tasks, args) {
  ensureInstalled('everything');
  become(
    'npx',
    ['--yes', '--prefer-offline', pnpmPin, 'exec', 'turbo', 'run', ...tasks, '--continue', ...args],
    {
      cwd: root,
      shell: process.platform === 'win32',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    },
  );
}

const [command, ...args] = process.argv.slice(2);
switch (command) {
  case 'start':
    ensureInstalled('trainer');
    // As the trainer's own start script: young garbage is collected early, so that memory stays level in a long run.
    become(
      pinnedNode(),
      ['--max-semi-space-size=2', path.join(root, 'packages', 'trainer', 'src', 'main.ts'), ...args],
      {},
    );
    break;
  case 'test':
    runTasks(['test', 'test:shared'], args);
    break;
  case 'long':
    runTasks(['long'], args);
    break;
  case 'check':
    runTasks(['typecheck', 'lint', 'unused', 'build'], args);
    break;
  default:
    process.stderr.write(`micronn.mjs: expected start, test, check or long, got ${command ?? 'nothing'}\n`);
    process.exitCode = 2;
}
