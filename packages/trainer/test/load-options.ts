import { expect } from 'vitest';
import type { LoadOptions } from '../src/data/source.ts';

/** Options to load data in a test, without threads, cache and warnings. */
export function loadOptions(changes: Partial<LoadOptions> = {}): LoadOptions {
  return {
    workers: { threads: 1, readRange: () => expect.unreachable('no thread reads') },
    cache: null,
    signal: new AbortController().signal,
    warn: (code, message) => expect.unreachable(`${code}: ${message}`),
    ...changes,
  };
}
