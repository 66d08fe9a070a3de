import { MicronnError } from '../errors.ts';
import { interrupted, type RowTarget } from './csv-format.ts';
import { readRows } from './csv-rows.ts';
import { type CsvSurvey, surveyCsv } from './csv-survey.ts';
import type { RangeTask } from './csv-worker.ts';
import { assertNoFault, type Fault } from './fault.ts';
import { isGzip, openStream, streamFailure } from './gzip.ts';
import { withFile } from './read-chunks.ts';
import { PIXELS, type Samples, sharedBytes } from './samples.ts';

/** Small enough that all threads finish at about the same time, large enough that the cost of a task is negligible. */
const RANGE_BYTES = 1 << 21;
/** A stream does not know its number of rows before its end, so it collects them in blocks. */
const ROWS_PER_BLOCK = 4096;

/** The part of the worker pool that reading needs. */
export interface CsvWorkers {
  readonly threads: number;
  /** Runs csv-worker.ts on one thread; rejects when the worker dies or the signal aborts. */
  readRange(task: RangeTask, signal: AbortSignal): Promise<Fault | undefined>;
}

export interface CsvOptions {
  /** The threads that read; their number changes neither rows nor errors. */
  readonly workers: CsvWorkers;
  /** Ends the reading early. */
  readonly signal: AbortSignal;
  /** Bytes after which the file is cut at the next line end. */
  readonly rangeBytes?: number;
}

/**
 * Reads every row of a CSV, plain or gzipped: in ranges on all threads if the file can be cut, otherwise as one stream.
 *
 * @throws MicronnError with file, line and column of the first thing that is wrong
 */
export async function readCsv(
  file: string,
  { workers, signal, rangeBytes = RANGE_BYTES }: CsvOptions,
): Promise<Samples> {
  const cut = workers.threads > 1 && !isGzip(file) ? await survey(file, rangeBytes, signal) : undefined;
  const samples =
    cut && cut.ranges.length > 1
      ? await readRanges(file, cut, workers, signal)
      : await readOneStream(file, signal);
  if (samples.count === 0) {
    throw new MicronnError('CSV_EMPTY', 'no rows: expected at least one row of a label and 784 pixels', {
      file,
    });
  }
  return samples;
}

async function survey(file: string, rangeBytes: number, signal: AbortSignal): Promise<CsvSurvey | undefined> {
  try {
    return await withFile(file, (handle) => surveyCsv(handle, rangeBytes, signal));
  } catch (error) {
    throw signal.aborted ? interrupted(file, error) : streamFailure(file, error);
  }
}

async function readRanges(
  file: string,
  { rows, ranges }: CsvSurvey,
  workers: CsvWorkers,
  signal: AbortSignal,
): Promise<Samples> {
  const target: RowTarget = { labels: sharedBytes(rows), images: sharedBytes(rows * PIXELS) };
  const faults: (Fault | undefined)[] = [];
  let next = 0;
  // Ranges are handed out in file order, and none after a fault. So every range before a faulty one has been handed out
  // and is awaited, and the first fault of the file is among those found.
  const drain = async (): Promise<void> => {
    while (next < ranges.length && !faults.some(Boolean)) {
      const k = next++;
      const task: RangeTask = { file, range: ranges[k]!, target };
      faults[k] = await workers.readRange(task, signal);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers.threads }, drain));
  } catch (cause) {
    if (signal.aborted) throw interrupted(file, cause);
    if (cause instanceof MicronnError) throw cause;
    throw new MicronnError(
      'WORKERS_FAILED',
      `a worker died while reading the file: ${cause instanceof Error ? cause.message : String(cause)}`,
      { file },
      { cause },
    );
  }
  assertNoFault(faults);
  return { count: rows, inputs: PIXELS, ...target };
}

async function readOneStream(file: string, signal: AbortSignal): Promise<Samples> {
  const blocks: RowTarget[] = [];
  let count = 0;
  await readRows(
    openStream(file),
    { file, firstLine: 1, holdsFirstRow: true },
    () => {
      const row = count++ % ROWS_PER_BLOCK;
      if (row === 0) {
        blocks.push({
          labels: new Uint8Array(ROWS_PER_BLOCK),
          images: new Uint8Array(ROWS_PER_BLOCK * PIXELS),
        });
      }
      return { ...blocks.at(-1)!, row };
    },
    signal,
  );
  const labels = sharedBytes(count);
  const images = sharedBytes(count * PIXELS);
  for (const [k, block] of blocks.entries()) {
    const from = k * ROWS_PER_BLOCK;
    const rows = Math.min(ROWS_PER_BLOCK, count - from);
    labels.set(block.labels.subarray(0, rows), from);
    images.set(block.images.subarray(0, rows * PIXELS), from * PIXELS);
  }
  return { count, inputs: PIXELS, images, labels };
}
