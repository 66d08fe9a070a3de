import { expect, test, vi } from 'vitest';
import { availableCores } from '../training/cores.ts';
import { resolveEvaluateOptions, resolveTrainOptions } from './options.ts';

vi.mock('../training/cores.ts', () => ({ availableCores: vi.fn(() => 16) }));

async function threadsOf(flags: Record<string, unknown>): Promise<number> {
  return (await resolveTrainOptions(flags, () => undefined)).options.threads;
}

test('the default of --threads is the smaller of cores and shards', async () => {
  expect(await threadsOf({})).toBe(4);
  expect(await threadsOf({ shards: '12' })).toBe(12);
  expect(await threadsOf({ shards: '100' })).toBe(16);
  expect(await threadsOf({ preset: 'notebook' })).toBe(4);
  vi.mocked(availableCores).mockReturnValueOnce(3);
  expect(await threadsOf({})).toBe(3);
  // No more than the option allows.
  vi.mocked(availableCores).mockReturnValueOnce(512);
  expect(await threadsOf({ shards: '1024' })).toBe(256);
});

test('a typed --threads stays', async () => {
  expect(await threadsOf({ threads: '8' })).toBe(8);
});

test('evaluate divides its samples among all cores', () => {
  expect(resolveEvaluateOptions('model.json', {}).threads).toBe(16);
});
