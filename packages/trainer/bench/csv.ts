/**
 * How fast a CSV is read, by threads: `node bench/csv.ts <file.csv> [rounds] [threads,…]`.
 *
 * The numbers of threads take turns, so that what else the machine does meets them all alike; first the rows
 * of all of them are checked to be the same.
 */
import { createHash } from 'node:crypto';
import { readCsv } from '../src/data/csv.ts';
import { createWorkerPool } from '../src/training/pool.ts';

/** Seconds of each round, by the number of threads. */
export async function timeCsv(
  file: string,
  threadCounts: readonly number[],
  rounds: number,
): Promise<ReadonlyMap<number, { rows: number; seconds: number[] }>> {
  const { signal } = new AbortController();
  const results = new Map<number, { rows: number; seconds: number[] }>();
  let expected: string | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const threads of threadCounts) {
      const begin = performance.now();
      // The threads' start counts: in a run too, a CSV is the first that they do.
      const workers = createWorkerPool(threads, 'reference');
      const { images, labels, count } = await readCsv(file, { workers, signal });
      const seconds = (performance.now() - begin) / 1000;
      await workers.close();
      const sha256 = createHash('sha256').update(labels).update(images).digest('hex');
      expected ??= sha256;
      if (sha256 !== expected) throw new Error(`${threads} threads read other rows: ${sha256}`);
      const result = results.get(threads) ?? { rows: count, seconds: [] };
      result.seconds.push(seconds);
      results.set(threads, result);
    }
  }
  return results;
}

if (import.meta.main) {
  const [file, rounds = '3', threadCounts = '1,2'] = process.argv.slice(2);
  if (file === undefined)
    throw new Error('expected a CSV: node bench/csv.ts <file.csv> [rounds] [threads,…]');
  const results = await timeCsv(file, threadCounts.split(',').map(Number), Number(rounds));
  for (const [threads, { rows, seconds }] of results) {
    const best = Math.min(...seconds);
    const all = seconds.map((value) => value.toFixed(2)).join(' ');
    process.stdout.write(
      `${threads} threads: ${Math.round(rows / best)} rows/s at best, ${best.toFixed(2)} s (all: ${all})\n`,
    );
  }
}
