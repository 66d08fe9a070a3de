import { execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS_VARIABLE, NO_REPORT_VARIABLE } from './harness/environment.ts';
import type { Fault } from './harness/faults.ts';
import type { JsonEvent } from './json-event.ts';
import type { ManyRun } from './train-many.ts';

const realMain = fileURLToPath(new URL('../bin/micronn.mjs', import.meta.url));
const harnessMain = fileURLToPath(new URL('./harness/main.ts', import.meta.url));

export type { JsonEvent };

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON lines of standard output, when `--json` was among the arguments. */
  readonly events: readonly JsonEvent[];
}

export interface CliOptions {
  /** The folder in which the command is typed. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether to write the report, which takes longer than a small run. */
  readonly report?: boolean;
  /** A command that runs the command line, with its first arguments. */
  readonly launcher?: readonly string[];
  /** Faults to inject into the run. */
  readonly faults?: readonly Fault[];
  /** Called with each JSON line when it arrives, and with a function that sends the process a signal. */
  readonly onEvent?: (event: JsonEvent, kill: (signal: NodeJS.Signals) => void) => void;
}

/**
 * Runs the command line as `pnpm --filter trainer start` does, and waits for its end. With a report and without faults
 * it is the real command, otherwise the command with the test harness.
 */
export function runCli(
  args: readonly string[],
  { cwd = tmpdir(), env = {}, report = false, launcher = [], faults = [], onEvent }: CliOptions = {},
): Promise<CliResult> {
  const real = report && faults.length === 0;
  const [command, ...rest] = [...launcher, process.execPath, real ? realMain : harnessMain, ...args];
  const child = spawn(command!, rest, {
    cwd,
    env: {
      ...process.env,
      ...(!report && { [NO_REPORT_VARIABLE]: '1' }),
      [FAULTS_VARIABLE]: JSON.stringify(faults),
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      INIT_CWD: cwd,
      // Tests do not use the user's cache, nor share one.
      MICRONN_CACHE: path.join(cwd, 'micronn-cache'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const json = args.includes('--json');
  let stdout = '';
  let stderr = '';
  let unread = '';
  const events: JsonEvent[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (!json) return;
    const lines = (unread + text).split('\n');
    unread = lines.pop()!;
    for (const line of lines) {
      const event = JSON.parse(line) as JsonEvent;
      events.push(event);
      onEvent?.(event, (signal) => child.kill(signal));
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr, events }));
  });
}

/** Runs with `--json` and returns the fields of `done`; throws the output of the command if there is none. */
export async function doneOf(args: readonly string[], options?: CliOptions): Promise<JsonEvent> {
  const { code, events, stdout, stderr } = await runCli([...args, '--json'], options);
  const done = events.at(-1);
  if (code !== 0 || done?.event !== 'done') throw new Error(`exit code ${code}\n${stdout}\n${stderr}`);
  return done;
}

const many = fileURLToPath(new URL('./train-many.ts', import.meta.url));

/** Trains several runs one after another in one separate process, and returns the last event of each. */
export function trainMany(runs: readonly ManyRun[]): Promise<JsonEvent[]> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [many, JSON.stringify(runs)], (error, stdout, stderr) => {
      if (error) {
        reject(new Error(`train-many ended with ${error.signal ?? error.code}\n${stderr}`, { cause: error }));
      } else {
        const lines = stdout.trimEnd().split('\n');
        resolve(lines.map((line) => JSON.parse(line) as JsonEvent));
      }
    });
  });
}

export { temporaryFolder } from '../../../testing/temporary-folder.ts';
