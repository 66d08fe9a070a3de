import { expect, test } from 'vitest';
import { readCoreApi } from './core-api.ts';

test('every export of core has a docstring, and one entry that documents it', () => {
  const { entries, home } = readCoreApi();
  const all = entries.flatMap(({ exports }) => exports);
  expect(all.filter(({ doc }) => doc.text === '').map(({ name }) => name)).toEqual([]);
  expect(all.filter(({ name }) => !home.has(name))).toEqual([]);
  expect(home.get('softmax')?.name).toBe('@micronn/core/reference');
  expect(home.get('encodeSafetensors')?.name).toBe('@micronn/core/safetensors');
  // TypeScript reads all of core, which takes seconds on a busy machine.
}, 60_000);
