import { expect } from 'vitest';
import type { LoadOptions } from '../src/data/source.ts';
import { readRange } from '../src/data/table/table-worker.ts';

/** Options to load data in a test, without cache and warnings, on this thread. */
export function loadOptions(changes: Partial<LoadOptions> = {}): LoadOptions {
  return {
    workers: { threads: 1, readRange: async (task) => readRange(task) },
    cache: null,
    signal: new AbortController().signal,
    warn: (code, message) => expect.unreachable(`${code}: ${message}`),
    ...changes,
  };
}
