import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';
import { systemCode } from '../errors.ts';

/** The process that holds a lock, as its lock file describes it. */
export interface LockOwner {
  /** Random, so that no two locks are the same. */
  readonly token: string;
  readonly host: string;
  /** Identifies a start of the machine: two machines can share a host name. Linux only. */
  readonly boot?: string;
  /** The namespace in which `pid` counts: two containers can share a host name and a boot. Linux only. */
  readonly namespace?: string;
  readonly pid: number;
  /** The start of the process, in ticks since the boot: a process number is used again. Linux only. */
  readonly started?: string;
}

export const ownerSchema = z.object({
  // The token becomes part of a file name.
  token: z.string().regex(/^[0-9a-f]{16}$/),
  host: z.string(),
  boot: z.string().optional(),
  namespace: z.string().optional(),
  pid: z.int().min(1),
  started: z.string().optional(),
});

/** This process as the owner of a new lock. */
export function newOwner(): LockOwner {
  const place = whereProcessesCount();
  const started = place && statusOf('self')?.started;
  return {
    token: randomBytes(8).toString('hex'),
    host: hostname(),
    ...place,
    pid: process.pid,
    ...(started !== undefined && { started }),
  };
}

/** Undefined off Linux, and where /proc shows the processes of another namespace. */
function whereProcessesCount(): { boot: string; namespace: string } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    if (readlinkSync('/proc/self') !== String(process.pid)) return undefined;
    return {
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
      namespace: readlinkSync('/proc/self/ns/pid'),
    };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Whether a lock is still held, as far as this process can see. */
export type Verdict = 'held' | 'gone' | 'unknown';

/**
 * Judges a lock by the process that created it. The verdict is exact if that process counts in the namespace of this one.
 *
 * Without boot identifiers (macOS, Windows), a process number that nobody has on a machine of this name is gone; one
 * that is in use may belong to another process by now.
 *
 * @param self this process
 */
export function judge(owner: LockOwner | undefined, self: LockOwner): Verdict {
  if (!owner || owner.host !== self.host) return 'unknown';
  if (owner.boot === undefined && self.boot === undefined) return isRunning(owner.pid) ? 'unknown' : 'gone';
  if (owner.boot !== self.boot || owner.namespace !== self.namespace) return 'unknown';
  if (!isRunning(owner.pid)) return 'gone';
  const status = statusOf(owner.pid);
  // /proc can hide the processes of other users.
  if (!status || owner.started === undefined) return 'unknown';
  return status.started === owner.started && !status.isDead ? 'held' : 'gone';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** The fields of /proc/<pid>/stat after the name of the program, which may contain spaces and parentheses. */
function statusOf(pid: number | 'self'): { started: string; isDead: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // The process has ended, but its parent has not asked for its exit code.
  const isDead = fields[0] === 'Z' || fields[0] === 'X';
  // The 3rd field comes first here, and the start is the 22nd.
  return { started: fields[22 - 3]!, isDead };
}
