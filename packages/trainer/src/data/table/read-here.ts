/** Reads tables in tests, on this thread. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { ByteSource, RawSet, ReadingOptions } from '../source.ts';
import { readTable } from './read-table.ts';
import { type RangeTask, readRange } from './table-worker.ts';
import type { TableWorkers } from './table-workers.ts';

export const never = new AbortController().signal;
export const workersHere = (
  threads: number,
  before: (task: RangeTask) => Promise<unknown> = async () => {},
): TableWorkers => ({ threads, readRange: (task) => before(task).then(() => readRange(task)) });

export interface Reading extends ReadingOptions {
  readonly workers?: TableWorkers;
  readonly rangeBytes?: number;
  /** Whether it is read as a stream, though it is a file. */
  readonly streamed?: boolean;
  readonly signal?: AbortSignal;
}

export function sourceOf(file: string, streamed: boolean): ByteSource {
  return {
    name: path.basename(file),
    ...(!streamed && { file }),
    open: () => createReadStream(file, { highWaterMark: 1000 }),
  };
}

export async function read(file: string, options: Reading = {}) {
  const { workers = workersHere(2), rangeBytes = 1, streamed = false, signal = never, ...reading } = options;
  const load = { workers, rangeBytes, cache: null, signal, warn: (code: string) => expect.unreachable(code) };
  return shown(await readTable(sourceOf(file, streamed), reading, load));
}

export function shown({ told, images, labels, range, count, width, height }: RawSet) {
  return {
    told: told.join(' · '),
    size: `${count} × ${width} × ${height}`,
    ...(range && { range }),
    ...(labels && { labels: Array.from(labels.places, (place) => labels.values[place]!) }),
    images: Buffer.from(images as Uint8Array).toString('base64'),
  };
}
