import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { availableCores } from './cores.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  availableParallelism: vi.fn(() => 8),
}));

/** A folder with these files of the kernel. */
async function kernelFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${content}\n`);
  }
  return root;
}

const v2 = (group: string, limits: Readonly<Record<string, string>>) => ({
  'proc/self/cgroup': `0::${group}`,
  ...Object.fromEntries(
    Object.entries(limits).map(([folder, limit]) => [`sys/fs/cgroup/${folder}/cpu.max`, limit]),
  ),
});
const v1 = (group: string, limits: Readonly<Record<string, string>>) => ({
  'proc/self/cgroup': `5:cpuset:/\n4:memory:/elsewhere\n3:cpu,cpuacct:${group}\n1:name=systemd:/\n0::/`,
  ...Object.fromEntries(
    Object.entries(limits).flatMap(([folder, quota]) => [
      [`sys/fs/cgroup/cpu/${folder}/cpu.cfs_quota_us`, quota],
      [`sys/fs/cgroup/cpu/${folder}/cpu.cfs_period_us`, '100000'],
    ]),
  ),
});

describe.runIf(process.platform === 'linux')('a limit of processor time counts as cores', () => {
  test.each<[string, Record<string, string>, number]>([
    ['no control groups', {}, 8],
    ['version 2 without a limit', v2('/', { '.': 'max 100000' }), 8],
    ['version 2: 3 cores', v2('/', { '.': '300000 100000' }), 3],
    ['another period', v2('/', { '.': '100000 50000' }), 2],
    ['1.5 cores count as 1', v2('/', { '.': '150000 100000' }), 1],
    ['half a core counts as 1', v2('/', { '.': '50000 100000' }), 1],
    ['more than the cores', v2('/', { '.': '1600000 100000' }), 8],
    ['an inner group has less', v2('/a/b', { a: '400000 100000', 'a/b': '200000 100000' }), 2],
    ['an outer group has less', v2('/a/b', { a: '200000 100000', 'a/b': 'max 100000' }), 2],
    ['a sibling has less', v2('/a/b', { 'a/c': '100000 100000' }), 8],
    ['a group outside the namespace', v2('/../other', { '.': '200000 100000' }), 2],
    ['version 1 without a limit', v1('/', { '.': '-1' }), 8],
    ['version 1: 3 cores', v1('/docker', { '.': '-1', docker: '300000' }), 3],
    ['version 1: 1.5 cores', v1('/docker', { docker: '150000' }), 1],
    ['version 1: the path of the host', v1('/docker/0123', { '.': '200000' }), 2],
    ['a file of other content', v2('/', { '.': 'what\never' }), 8],
    ['a period of 0', v2('/', { '.': '100000 0' }), 8],
  ])('%s', async (_, files, cores) => {
    expect(availableCores(await kernelFiles(files))).toBe(cores);
  });
});

test('a process that is bound to fewer cores has these', async () => {
  vi.mocked(availableParallelism).mockReturnValueOnce(1);
  expect(availableCores(await kernelFiles({}))).toBe(1);
});
