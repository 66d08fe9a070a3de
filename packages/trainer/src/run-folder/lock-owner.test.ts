import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { judge, type LockOwner, newOwner } from './lock-owner.ts';

const self = newOwner();
const gonePid = spawnSync(process.execPath, ['--version']).pid;

function change(changes: { [Key in keyof LockOwner]?: LockOwner[Key] | undefined }): LockOwner {
  const kept = Object.entries({ ...self, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as unknown as LockOwner;
}

test('this process describes itself, each time by another token', () => {
  expect(self).toMatchObject({
    host: hostname(),
    pid: process.pid,
    token: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(newOwner()).toEqual({ ...self, token: expect.not.stringMatching(self.token) });
});

describe('a lock is judged', () => {
  test.each<[string, LockOwner | undefined]>([
    ['of another host', change({ host: 'elsewhere' })],
    ['of another machine with this host name', change({ boot: 'another' })],
    ['of another host, where its number means another process', change({ host: 'elsewhere', pid: gonePid })],
    ['that is no lock', undefined],
  ])('unknown, if it is one %s', (_, owner) => {
    expect(judge(owner, self)).toBe('unknown');
  });

  test('gone, if no process has its number', () => {
    expect(judge(change({ pid: gonePid }), self)).toBe('gone');
  });

  test.runIf(process.platform === 'linux').each<[string, LockOwner, string]>([
    ['this process', self, 'held'],
    ['a living process', change({ pid: process.ppid, started: startOf(process.ppid) }), 'held'],
    ['a process number that is used again', change({ started: '1' }), 'gone'],
    ['another container of this machine', change({ namespace: 'pid:[1]', pid: gonePid }), 'unknown'],
    ['a process without a start', change({ started: undefined }), 'unknown'],
    ['a system without a boot', change({ boot: undefined, pid: gonePid }), 'unknown'],
  ])('exactly on this machine: %s', (_, owner, verdict) => {
    expect(judge(owner, self)).toBe(verdict);
  });

  test('without boots, a number that is in use may be that of another process', () => {
    const { boot: _, ...plain } = self;
    expect(judge(plain, plain)).toBe('unknown');
    expect(judge({ ...plain, pid: gonePid }, plain)).toBe('gone');
  });

  test.runIf(process.platform === 'linux')(
    'gone, if its process has ended but still has a number',
    async () => {
      // The shell never asks for the exit code of its child.
      const shell = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 1000'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void shell.kill('SIGKILL'));
      const [line] = (await once(shell.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) await new Promise(setImmediate);
      expect(judge(change({ pid, started: startOf(pid) }), self)).toBe('gone');
    },
  );
});

/** Field 22 of /proc/<pid>/stat; the second one has no spaces here. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/\(.*\)/, 'name')
    .split(' ')[21];
}
