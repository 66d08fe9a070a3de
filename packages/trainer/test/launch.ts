import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { JsonEvent } from './json-event.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const trainer = fileURLToPath(new URL('..', import.meta.url));

/** The ways in which a user starts the command, each with the folder in which it is typed. */
const ways = {
  'npm start': { command: ['npm', 'start', '-s', '--'], cwd: root },
  'pnpm --filter trainer start': { command: ['pnpm', '--filter', 'trainer', 'start'], cwd: root },
  bin: { command: [process.execPath, path.join(trainer, 'bin', 'micronn.mjs')], cwd: trainer },
};

export type Way = keyof typeof ways;

/** How a launched command ended. */
export interface LaunchEnd {
  /** Exit code of the launched process, or the signal that killed it. */
  readonly ended: number | NodeJS.Signals;
  readonly stderr: string;
}

/** A command with `--json`, launched in a process group of its own. */
export interface Launched {
  readonly pid: number;
  readonly events: readonly JsonEvent[];
  /** Resolves when an event of this kind has arrived. */
  readonly until: (event: string) => Promise<void>;
  /** Process ids from the launched process down to the trainer, at each of which the command's arguments show. */
  readonly lineage: () => Promise<number[]>;
  /** Resolves when the last process has closed its output, whether or not the launched process still ran. */
  readonly end: Promise<LaunchEnd>;
  /** Ends the shell of a command in the background. */
  readonly endShell: () => Promise<void>;
}

/**
 * Launches a training run the way a user does.
 *
 * @param out absolute path of the run folder, which identifies the processes of this launch
 * @param options `inBackground`: started in the background by a shell, which is then the launched process
 */
export function launch(
  way: Way,
  args: readonly string[],
  out: string,
  { inBackground = false } = {},
): Launched {
  const { command, cwd } = ways[way];
  const started = command[0] === 'pnpm' ? [...pnpm(), ...command.slice(1)] : command;
  // The shell ends when its standard input does.
  const shell = inBackground ? ['sh', '-c', '"$@" & read -r line', 'sh'] : [];
  const [program, ...rest] = [...shell, ...started, ...args, '--json'];
  const child = spawn(program, rest, {
    cwd,
    env: { ...environment(), MICRONN_CACHE: path.join(path.dirname(out), 'cache') },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const events: JsonEvent[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    // pnpm prints the script before it runs it.
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as JsonEvent;
    events.push(event);
    lines.emit(`event ${event.event}`);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const end = once(child, 'close').then(([code, signal]) => ({
    ended: (code ?? signal) as number | NodeJS.Signals,
    stderr,
  }));
  return {
    pid: child.pid!,
    events,
    async until(event) {
      if (events.some((each) => each.event === event)) return;
      const early = end.then(({ ended }) => {
        throw new Error(`ended with ${ended} before ${event}: ${JSON.stringify(events)}\n${stderr}`);
      });
      await Promise.race([once(lines, `event ${event}`), early]);
    },
    lineage: () => lineageOf(child.pid!, out),
    end,
    async endShell() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** Sends a signal to a process, or to a group if the id is negative, unless it is gone. */
export function sendIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes that bear a mark in their arguments, each the child of the one before. */
async function lineageOf(first: number, mark: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args=']);
  const processes = stdout.split('\n').filter((line) => line.includes(mark));
  const pairs = processes.map((line) => line.trim().split(/\s+/, 2).map(Number) as [number, number]);
  const lineage = [first];
  for (;;) {
    const next = pairs.find(([, parent]) => parent === lineage.at(-1));
    if (!next) return lineage;
    lineage.push(next[0]);
  }
}

/** The pinned pnpm, through npx where these tests don't run in a script of pnpm. */
function pnpm(): string[] {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const running = process.env['npm_execpath'];
  if (running !== undefined && path.basename(running).startsWith('pnpm')) return [running];
  return ['npx', '--yes', '--prefer-offline', packageManager];
}

/** This environment without what the package manager that runs the tests has set, as in a user's shell. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|INIT_CWD$)/i.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: '1' };
}
