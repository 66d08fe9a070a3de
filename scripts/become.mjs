import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const POLL_MILLISECONDS = 500;

/**
 * Runs a program to its end in place of this process: passes signals on to it and exits with its exit code, or with 128
 * plus the number of the signal that killed it.
 *
 * @param options of spawn. With a channel among `stdio`, signals are passed on as the message `interrupt`.
 */
export function become(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // A closed standard error must not end this process before the child.
  process.stderr.on('error', () => undefined);
  passSignalsOn(child);
  child.on('error', (error) => {
    process.stderr.write(`MicroNN: could not start ${command}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === 'SIGKILL') {
      process.stderr.write(
        'MicroNN: the command was killed (SIGKILL), most likely by the system because memory ran out; a training run continues from its last checkpoint with --resume <run folder>\n',
      );
    }
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function passSignalsOn(child) {
  const hasChannel = child.channel !== undefined;
  let isPassedOn = false;
  const passOn = (signal) => {
    isPassedOn = true;
    // A terminal, or a signal to a process group, has told the child too. It cannot take a message for a second signal.
    if (child.connected) child.send('interrupt', () => undefined);
    // On Windows, kill would end the child at once. The console has already told it.
    else if (!hasChannel && process.platform !== 'win32') child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn);

  // npm passes SIGTERM to its shell alone, and dies of SIGHUP and SIGKILL without a word to its children. A command that
  // was typed in a shell, in contrast, may outlive that shell.
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    if (!isPassedOn) passOn('SIGTERM');
  }, POLL_MILLISECONDS);
  timer.unref();
}
