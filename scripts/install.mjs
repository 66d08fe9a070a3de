// Installs what a command needs with the pinned pnpm, unless it is installed already, and says why if that fails.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { installFailure } from './install-failure.mjs';
import {
  hasDevelopmentTools,
  isCurrent,
  missingDependency,
  removeDamagedNode,
  writeStamp,
} from './installed.mjs';
import { unsupportedPlatform } from './pinned-node.mjs';
import { isWindows, modules, npxOptions, npxPnpm, root } from './workspace.mjs';

/** Arguments of `pnpm install`: the trainer without development tools, or everything. */
const scopes = {
  trainer: ['--prod', '--filter', '@micronn/trainer...'],
  everything: [],
};

// --trust-lockfile: pnpm would first ask the registry for the age of every package in the lock file, and those of the
// development tools too. The checksums in the lock file are verified all the same.
const install = [...npxPnpm, 'install', '--frozen-lockfile', '--trust-lockfile', '--reporter=append-only'];

/** Enough of the output for the error and its cause. */
const outputLimit = 65536;

/** Makes sure that the packages of `scope` are installed; exits with a sentence if they cannot be. */
export async function ensureInstalled(scope) {
  removeDamagedNode();
  const missing = missingDependency(scope);
  if (missing === undefined && isCurrent(scope)) return;
  const unsupported = unsupportedPlatform();
  if (unsupported !== undefined) fail(unsupported);
  const wanted = hasDevelopmentTools() ? 'everything' : scope;
  const what = wanted === 'trainer' ? 'the trainer' : 'all packages and the development tools';
  const gone =
    missing !== undefined && existsSync(modules) ? `${missing} is missing from node_modules: ` : '';
  say(`${gone}installing ${what} from the npm registry (later runs need no network)`);
  await runInstaller([...install, ...scopes[wanted]]);
  const stillMissing = missingDependency(wanted);
  if (stillMissing !== undefined) {
    fail(
      `${stillMissing} is missing from node_modules after the installation: delete node_modules and run the command again`,
    );
  }
  const unwritten = writeStamp(wanted);
  if (unwritten !== undefined)
    say(`could not record the installation, the next run checks it again: ${unwritten.message}`);
}

/** Runs npx to its end, shows its output on standard error and exits if it fails. */
async function runInstaller(args) {
  // Standard output is for the command itself: `npm start -s -- --json` prints only JSON.
  const child = spawn('npx', args, {
    ...npxOptions,
    env: installerEnvironment(),
    // A process group of its own: npx does not pass signals on to pnpm, so `interrupt` signals the group.
    detached: !isWindows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      process.stderr.write(text);
      output = (output + text).slice(-outputLimit);
    });
  }
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
  const signal = interruption ?? childSignal;
  if (signal !== null)
    fail(`${signal} ended the installation: run the command again`, 128 + constants.signals[signal]);
  if (code !== 0) fail(installFailure(output, root) ?? 'the installation failed: see the output above');
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
