import { readFileSync } from 'node:fs';
import { systemCode } from './errors.ts';

const POLL_MILLISECONDS = 500;

/** The variable that npm and pnpm set for the processes of a script. */
const SCRIPT_VARIABLE = 'npm_lifecycle_event';

/**
 * Watches the processes that lead from npm or pnpm to this one, if one of them runs this process as a script: when npm
 * or pnpm is killed, nothing else tells the script. A command that was typed in a shell may outlive that shell.
 *
 * Only Linux shows the parents of other processes. Elsewhere, the parent of this process is watched alone.
 *
 * @param onGone called once when one of these processes is gone
 */
export function watchParents(onGone: () => void): void {
  if (process.env[SCRIPT_VARIABLE] === undefined) return;
  const ancestry = ancestryToPackageManager();
  const timer = setInterval(() => {
    if (ancestry.every(isUnchanged)) return;
    clearInterval(timer);
    onGone();
  }, POLL_MILLISECONDS);
  timer.unref();
}

function isUnchanged({ pid, parent }: { pid: number; parent: number }): boolean {
  try {
    return parentOf(pid) === parent;
  } catch {
    // Without a free file descriptor, nothing is known; the next look will tell.
    return true;
  }
}

/** This process and its ancestors that belong to a script, each with its parent. The last parent is npm or pnpm. */
function ancestryToPackageManager(): { pid: number; parent: number }[] {
  const ancestry = [{ pid: process.pid, parent: process.ppid }];
  for (let pid = process.ppid; belongsToScript(pid); ) {
    const parent = parentOf(pid);
    if (parent === undefined) break;
    ancestry.push({ pid, parent });
    pid = parent;
  }
  return ancestry;
}

function belongsToScript(pid: number): boolean {
  const environment = readProcessFile(pid, 'environ') ?? '';
  return environment.split('\0').some((entry) => entry.startsWith(`${SCRIPT_VARIABLE}=`));
}

function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid;
  // The second field, the name in parentheses, may contain anything; the state and the parent follow it.
  const [, parent] = /.*\) \S+ (\d+) /s.exec(readProcessFile(pid, 'stat') ?? '') ?? [];
  return parent === undefined ? undefined : Number(parent);
}

/**
 * Undefined if the process is gone or belongs to another user, or on a system without these files.
 *
 * @throws the error of opening the file when too many are open
 */
function readProcessFile(pid: number, name: 'environ' | 'stat'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch (error) {
    if (['EMFILE', 'ENFILE'].includes(systemCode(error) ?? '')) throw error;
    return undefined;
  }
}
