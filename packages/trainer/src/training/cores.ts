import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

/**
 * The number of cores that this process may use: those it is bound to, and no more than the processor time of its
 * container allows. A limit of 1.5 cores counts as 1, and one of half a core too.
 *
 * Node asks libuv, which follows the kernel's control groups in part: as of libuv 1.52, a limit of version 1 has no effect,
 * and in version 2 the limit of an outer group replaces that of an inner one.
 *
 * @param root the folder of /proc and /sys
 */
export function availableCores(root: string = '/'): number {
  const limits = process.platform === 'linux' ? limitsOfGroups(root) : [];
  return Math.max(1, Math.floor(Math.min(availableParallelism(), ...limits)));
}

/**
 * The limits, in cores, of this process's control group and of each group around it.
 *
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, "cpu.max", and
 * https://docs.kernel.org/scheduler/sched-bwc.html.
 */
function limitsOfGroups(root: string): number[] {
  const mount = path.join(root, 'sys/fs/cgroup');
  const lines = (read(path.join(root, 'proc/self/cgroup')) ?? '').split('\n');
  return lines.flatMap((line) => {
    // Version 2 has one line, 0::/path; version 1 has one for each hierarchy, such as 4:cpu,cpuacct:/path.
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === '') return foldersOf(mount, group!).map((folder) => limitIn(folder, ['cpu.max']));
    if (!controllers?.split(',').includes('cpu')) return [];
    const files = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'];
    return foldersOf(path.join(mount, 'cpu'), group!).map((folder) => limitIn(folder, files));
  });
}

/**
 * The folders of a group and of the groups around it. In a container, the group's path may be that of the host, where the
 * container sees the folder of its own group as the mount itself.
 */
function foldersOf(mount: string, group: string): string[] {
  const names = group.split('/').filter((name) => name !== '' && name !== '..');
  return [mount, ...names.map((_, k) => path.join(mount, ...names.slice(0, k + 1)))];
}

/** Processor time per period, both in microseconds; infinite without a limit, which is `max` or −1. */
function limitIn(folder: string, files: readonly string[]): number {
  const words = files.map((file) => read(path.join(folder, file)) ?? '').join(' ');
  const [, quota, period] = /^\s*(\d+)\s+(\d+)\s*$/.exec(words) ?? [];
  return quota === undefined || Number(period) === 0
    ? Number.POSITIVE_INFINITY
    : Number(quota) / Number(period);
}

/** The content of a file; undefined if it cannot be read, as where there are no control groups. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
