// Installs what a command needs with the pinned pnpm, unless it is installed already, and says why if that fails.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { installFailure } from './install-failure.mjs';
import { createProgress } from './install-progress.mjs';
import { hasDevelopmentTools, installedScope, removeDamagedNode, writeStamp } from './installation.mjs';
import { missingDependency } from './installed.mjs';
import { unsupportedPlatform } from './pinned-node.mjs';
import { isWindows, manifest, modules, npxOptions, npxPnpm, root } from './workspace.mjs';

/** Arguments of `pnpm install`: the trainer without development tools, or everything. */
const scopes = {
  trainer: ['--prod', '--filter', '@micronn/trainer...'],
  everything: [],
};

// --trust-lockfile: pnpm would first ask the registry for the age of every package in the lock file, and those of the
// development tools too. The checksums in the lock file are verified all the same.
const install = [...npxPnpm, 'install', '--frozen-lockfile', '--trust-lockfile', '--reporter=ndjson'];

/** Enough of the output for the error and its cause. */
const outputLimit = 65536;

/** Between two lines of progress, or two states of the line in a terminal. */
const progressMilliseconds = process.stderr.isTTY ? 100 : 2000;

/** Installs the packages of `scope`, unless they are all there; exits with a sentence if that fails. */
export async function installMissing(scope) {
  removeDamagedNode();
  const missing = missingDependency(scope);
  const installed = missing === undefined ? installedScope(scope) : undefined;
  const unwritten = writeStamp(installed ?? (await installPackages(scope, missing)));
  if (unwritten !== undefined)
    say(`could not record the installation, the next run checks it again: ${unwritten.message}`);
}

/** Returns what was installed. */
async function installPackages(scope, missing) {
  const unsupported = unsupportedPlatform();
  if (unsupported !== undefined) fail(unsupported);
  // Without the development tools, pnpm would remove those that are there.
  const hasTools = hasDevelopmentTools();
  const wanted = hasTools ? 'everything' : scope;
  const what = wanted === 'trainer' ? 'the trainer' : 'all packages and the development tools';
  const hadScope = existsSync(modules) && (hasTools || scope === 'trainer');
  const gone = hadScope && missing !== undefined ? `${missing} is missing from node_modules: ` : '';
  const pnpm = manifest.packageManager.replace('@', ' ');
  say(
    `${gone}installing ${what} from the npm registry, and first ${pnpm} if npx lacks it (later runs need no network)`,
  );
  await runInstaller([...install, ...scopes[wanted]]);
  const stillMissing = missingDependency(wanted);
  if (stillMissing !== undefined) {
    fail(
      `${stillMissing} is missing from node_modules after the installation: delete node_modules and run the command again`,
    );
  }
  return wanted;
}

/** Runs npx to its end, shows its progress on standard error and exits if it fails. */
async function runInstaller(args) {
  // Standard output is for the command itself: `npm start -s -- --json` prints only JSON.
  const child = spawn('npx', args, {
    ...npxOptions,
    env: installerEnvironment(),
    // A process group of its own: npx does not pass signals on to pnpm, so `interrupt` signals the group.
    detached: !isWindows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const progress = createProgress();
  let output = '';
  let shownAt = performance.now();
  const show = (line) => {
    const text = progress.read(line);
    if (text !== undefined) {
      clearProgress();
      process.stderr.write(`${text}\n`);
      output = `${output}${text}\n`.slice(-outputLimit);
    } else if (performance.now() - shownAt >= progressMilliseconds) {
      shownAt = performance.now();
      showProgress(progress.sentence());
    }
  };
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', show);
  let interruption = null;
  const interrupt = (signal) => {
    interruption = signal;
    const { pid, exitCode, signalCode } = child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    if (isWindows) child.kill(signal);
    else process.kill(-pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, interrupt);
  const [code, childSignal] = await new Promise((resolve) => {
    child.on('error', (error) => fail(`could not start npx: ${error.message}`));
    child.on('close', (...end) => resolve(end));
  });
  for (const signal of signals) process.off(signal, interrupt);
  clearProgress();
  const signal = interruption ?? childSignal;
  if (signal !== null)
    fail(`${signal} ended the installation: run the command again`, 128 + constants.signals[signal]);
  if (code !== 0) fail(installFailure(output, root) ?? 'the installation failed: see the output above');
  const summary = progress.summary();
  if (summary !== undefined) say(summary);
}

/** In a terminal, each state of the progress replaces the last one. */
function showProgress(sentence) {
  if (sentence === undefined) return;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[KMicroNN: ${sentence}`);
  else say(sentence);
}

function clearProgress() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

/** npm and pnpm wait 10 s and then 60 s before they try again; without network, that is a minute of silence. */
function installerEnvironment() {
  const quick = {
    fetch_retries: '2',
    fetch_retry_mintimeout: '1000',
    fetch_retry_maxtimeout: '3000',
    update_notifier: 'false',
  };
  const environment = { ...process.env };
  // After `npm start -s`, npx would not print why it failed.
  if (environment.npm_config_loglevel === 'silent') environment.npm_config_loglevel = 'error';
  for (const [name, value] of Object.entries(quick)) {
    // npm passes the user's own settings on in the environment.
    const setting = process.env[`npm_config_${name}`] ?? value;
    environment[`npm_config_${name}`] = setting;
    environment[`pnpm_config_${name}`] ??= setting;
  }
  return environment;
}

function say(sentence) {
  process.stderr.write(`MicroNN: ${sentence}\n`);
}

function fail(sentence, exitCode = 1) {
  say(sentence);
  process.exit(exitCode);
}
