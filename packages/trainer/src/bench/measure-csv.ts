import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { loadDataset } from '../data/dataset.ts';
import { inMemory } from '../data/images.ts';
import type { Samples } from '../data/samples.ts';
import type { TableWorkers } from '../data/table/table-workers.ts';
import { createWorkerPool } from '../training/pool.ts';
import { type BenchRow, comparedToFirst, toRow } from './bench-rows.ts';
import { failedCheck, takeTurns } from './contender.ts';

/** The samples of bench as CSV files. */
export interface CsvFiles {
  readonly train: string;
  readonly test: string;
}

/** Writes samples in Kaggle's format: a header, then one line per image with its label and pixels. */
export async function writeCsv(
  file: string,
  { count, inputs, images, labels }: Samples,
  signal: AbortSignal,
): Promise<void> {
  const side = Math.sqrt(inputs);
  const pixel = (_: unknown, k: number): string => `${Math.floor(k / side) + 1}x${(k % side) + 1}`;
  const stream = createWriteStream(file, { signal });
  stream.write(`label,${Array.from({ length: inputs }, pixel).join(',')}\n`);
  for (let i = 0; i < count; i++) {
    const line = `${labels[i]},${images.subarray(i * inputs, (i + 1) * inputs).join(',')}\n`;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

/**
 * Rows of a CSV read per second, on each number of threads. A reading only counts if it returns exactly the bytes that
 * were written.
 *
 * @throws MicronnError when it returns other bytes
 */
export async function measureCsv(
  file: string,
  written: Samples,
  threadCounts: readonly number[],
  rounds: number,
  signal: AbortSignal,
): Promise<BenchRow[]> {
  const readers = threadCounts.map((threads) => ({ threads }));
  const times = await takeTurns(
    readers,
    rounds,
    async ({ threads }) => {
      const begin = performance.now();
      // The time includes starting the threads, because reading a CSV is their first task in a run too.
      const workers = createWorkerPool(threads, 'wasm');
      const { train } = await loadDataset(
        file,
        undefined,
        {},
        { workers, cache: null, signal, warn: () => undefined },
      );
      const seconds = (performance.now() - begin) / 1000;
      await workers.close();
      assertRead(inMemory(train), written, `${threads} threads`);
      return written.count / seconds;
    },
    signal,
  );
  return comparedToFirst(
    readers.map((reader) =>
      toRow({
        section: 'csv',
        name: `CSV, ${written.count} rows`,
        runner: 'micronn',
        threads: reader.threads,
        unit: 'rows/s',
        rounds: times.get(reader)!,
      }),
    ),
  );
}

/**
 * Milliseconds to load a cached CSV: to hash the file and to read the cache entry. The rows must be exactly the bytes
 * that were written.
 *
 * @param cache the folder of the cache, which this fills first
 * @throws MicronnError when the rows differ
 */
export async function measureCache(
  file: string,
  written: Samples,
  cache: string,
  rounds: number,
  signal: AbortSignal,
): Promise<BenchRow> {
  const nobody: TableWorkers = {
    threads: 1,
    readRange: () => Promise.reject(failedCheck('the rows to come from the cache', 'the file read again')),
  };
  await fillCache(file, cache, signal);
  const load = async (): Promise<number> => {
    const begin = performance.now();
    const { train } = await loadDataset(
      file,
      undefined,
      {},
      {
        workers: nobody,
        cache,
        signal,
        warn(code, message) {
          throw failedCheck('a cache that can be used', `${code}: ${message}`);
        },
      },
    );
    const milliseconds = performance.now() - begin;
    assertRead(inMemory(train), written, 'the cache');
    return milliseconds;
  };
  const times = await takeTurns([cache], rounds, load, signal);
  return toRow({
    section: 'csv',
    name: `CSV, ${written.count} rows, from the cache`,
    runner: 'micronn',
    threads: null,
    unit: 'ms',
    rounds: times.get(cache)!,
  });
}

/** Reads a CSV and keeps its rows in the cache. */
async function fillCache(file: string, cache: string, signal: AbortSignal): Promise<void> {
  const workers = createWorkerPool(1, 'wasm');
  await loadDataset(file, undefined, {}, { workers, cache, signal, warn: () => undefined });
  await workers.close();
}

function assertRead(read: Samples, written: Samples, who: string): void {
  const sameLabels = read.labels.every((label, i) => label === written.labels[i]);
  if (Buffer.compare(read.images, written.images) !== 0 || !sameLabels)
    throw failedCheck(`${who} to read the rows that were written`, 'other rows');
}
