import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { assertWithin, MemoryShortage, machineLimit } from './memory-need.ts';

const GIB = 2 ** 30;

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  totalmem: () => 8 * GIB,
}));

afterEach(() => vi.restoreAllMocks());

/** A folder whose proc/meminfo says so much swap space. */
async function rootWithSwap(swap: string): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(path.join(root, 'proc'));
  await writeFile(path.join(root, 'proc/meminfo'), `MemTotal:  1 kB\n${swap}SwapFree:  1 kB\n`);
  return root;
}

describe.runIf(process.platform === 'linux')('machineLimit', () => {
  test.each<[string, number, string, number, string]>([
    ['the machine’s memory', 0, 'SwapTotal:       0 kB\n', 8, 'this machine'],
    ['no limit of version 1', 2 ** 64, 'SwapTotal:       0 kB\n', 8, 'this machine'],
    ['a container’s memory', 2 * GIB, 'SwapTotal:       0 kB\n', 2, 'this container'],
    ['swap space counts', 2 * GIB, 'SwapTotal: 1048576 kB\n', 3, 'this container'],
    ['unknown swap space', 2 * GIB, '', Infinity, 'this container'],
  ])('%s', async (_, constrained, swap, gibibytes, owner) => {
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(constrained);
    expect(machineLimit(await rootWithSwap(swap))).toEqual({ bytes: gibibytes * GIB, owner });
  });
});

test('a need equal to the limit fits', () => {
  const limit = { bytes: 10, owner: 'it' };
  expect(() => assertWithin({ network: 4, data: 6 }, limit)).not.toThrow();
  expect(() => assertWithin({ network: 4, data: 7 }, limit)).toThrow(MemoryShortage);
});
