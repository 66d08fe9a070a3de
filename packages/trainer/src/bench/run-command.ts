import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { failedCheck, throwIfInterrupted } from './contender.ts';
import { benchFile } from './package-folder.ts';

/** A command, and how it is run. */
export interface CommandLine {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly exitCode?: number;
}

/** The measurements of one run of a command. */
export interface CommandRun {
  /** From starting the process to its end. */
  readonly milliseconds: number;
  /** User and system time of the process and of all its descendants. */
  readonly cpuMilliseconds: number;
  /** The peak memory of its largest process. */
  readonly megabytes: number;
  readonly stdout: string;
}

/** What run_command.py writes. */
interface Report {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly exitCode: number;
}

/**
 * Runs a command to its end. A Python program starts it and waits for it, because Node cannot ask the system for the
 * processor time of a process that has ended. Starting Python is not part of the time.
 *
 * @throws MicronnError when the command cannot be started or ends with another exit code
 */
export async function runCommand(
  python: string,
  { command, cwd, env, exitCode = 0 }: CommandLine,
  signal: AbortSignal,
): Promise<CommandRun> {
  throwIfInterrupted(signal);
  // -I and -S: Python starts without the user's settings and packages, so it needs less memory than any command.
  const child = spawn(python, ['-I', '-S', benchFile('run_command.py'), ...command], {
    cwd,
    env,
    // A process group, so that an interruption reaches the command and its descendants.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const interrupt = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', interrupt);
  try {
    const [stdout, stderr, written] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      text(child.stdio[3] as Readable),
      once(child, 'close'),
    ]);
    throwIfInterrupted(signal);
    const report = written === '' ? undefined : (JSON.parse(written) as Report);
    if (report?.exitCode !== exitCode) {
      const got = report === undefined ? 'it did not start' : `exit code ${report.exitCode}`;
      throw failedCheck(
        `${command.join(' ')} to end with exit code ${exitCode}`,
        `${got}: ${stderr.trim().slice(-2000)}`,
      );
    }
    return {
      milliseconds: 1000 * report.seconds,
      cpuMilliseconds: 1000 * report.cpuSeconds,
      megabytes: report.peakBytes / 1e6,
      stdout,
    };
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/**
 * The environment of a command typed in a terminal: without what npm or pnpm set for the script that runs bench, such
 * as another Node in PATH.
 */
export function terminalEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(
    ([name]) => !/^(npm|pnpm)_/i.test(name) && name !== 'INIT_CWD',
  );
  const { PATH = '', ...rest } = Object.fromEntries(entries);
  const folders = PATH.split(path.delimiter).filter(
    (folder) => !/[\\/](node_modules[\\/]\.bin|node-gyp-bin)$/.test(folder),
  );
  return { ...rest, PATH: folders.join(path.delimiter) };
}
