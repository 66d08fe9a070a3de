import { stat } from 'node:fs/promises';
import { countNumbers, noNumbers, numberForm, TableError, type TableForm } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import { assertNoFault } from '../fault.ts';
import { withFile } from '../read-chunks.ts';
import { cachedSet } from '../sample-cache.ts';
import { sharedBytes } from '../samples.ts';
import type { ByteSource, LoadOptions, RawLabels, RawSet, ReadingOptions } from '../source.ts';
import { createGrowingRows } from './growing-rows.ts';
import { tooMany } from './label-book.ts';
import { type OpenedTable, openTable } from './open-table.ts';
import { createProgress } from './progress.ts';
import { readRows } from './read-rows.ts';
import { findRowEnd } from './row-end.ts';
import { fieldsOf, mostRowBytes } from './row-fields.ts';
import { createRowReader, type RowTarget } from './row-reader.ts';
import { type RowRange, type Survey, surveyRows } from './survey.ts';
import { withFailures } from './table-failure.ts';
import type { RangeResult } from './table-worker.ts';

/** Small enough that all threads finish at about the same time, large enough that the cost of a task is negligible. */
const RANGE_BYTES = 1 << 21;

/** How a table is read, besides what is read. */
export interface TableLoad extends LoadOptions {
  /** Bytes after which the file is cut at the next line end. */
  readonly rangeBytes?: number;
}

/**
 * Reads every row of a table of text: CSV with any separator, libsvm, or ARFF. A file is read in ranges on all threads, if
 * it can be cut; anything else as one stream.
 *
 * @throws MicronnError with file, line and column of the first thing that is wrong
 */
export function readTable(source: ByteSource, reading: ReadingOptions, load: TableLoad): Promise<RawSet> {
  return cachedSet(source, reading, load, () => parseTable(source, reading, load));
}

async function parseTable(source: ByteSource, reading: ReadingOptions, load: TableLoad): Promise<RawSet> {
  return withFailures(source.name, load.signal, async () => {
    const table = await openTable(source, reading);
    try {
      return await readOpened(table, load);
    } catch (error) {
      const again = await withOtherNumbers(table, reading, load, error);
      if (!again) throw error;
      return readOpened(again, load);
    }
  });
}

async function readOpened(table: OpenedTable, load: TableLoad): Promise<RawSet> {
  const { source, form } = table;
  const { file } = source;
  const { signal, rangeBytes = RANGE_BYTES } = load;
  const survey =
    file === undefined
      ? undefined
      : await withFile(file, (handle) => surveyRows(handle, form, table, rangeBytes, signal));
  const read =
    survey && survey.ranges.length > 0 && file !== undefined
      ? await readRanges(file, table, survey, load)
      : await readOneStream(table, load);
  const { count, images, labels } = read;
  if (count === 0)
    throw new TableError('CSV_EMPTY', 'no rows: expected at least one row of a label and its pixels');
  return {
    width: form.width,
    height: form.height,
    count,
    images,
    ...(form.range && { range: form.range }),
    ...(labels && { labels }),
    told: form.told,
  };
}

type ReadRows = Pick<RawSet, 'count' | 'labels'> & { readonly images: Uint8Array };

async function readRanges(
  file: string,
  { source: { name }, form }: OpenedTable,
  { rows, ranges }: Survey,
  { workers, signal, progress }: TableLoad,
): Promise<ReadRows> {
  const inputs = form.width * form.height;
  const words = new Uint16Array(sharedBytes(2 * rows).buffer);
  const target: RowTarget = { images: sharedBytes(rows * inputs), labels: words };
  const results: RangeResult[] = [];
  const tell = createProgress(progress);
  let next = 0;
  let done = 0;
  const isFaulty = (result: RangeResult | undefined): boolean => result !== undefined && 'fault' in result;
  // Ranges are handed out in file order, and none after a fault. So every range before a faulty one has been handed out
  // and is awaited, and the first fault of the file is among those found.
  const drain = async (): Promise<void> => {
    while (next < ranges.length && !results.some(isFaulty)) {
      const k = next++;
      results[k] = await workers.readRange({ file, name, form, range: ranges[k]!, target }, signal);
      tell(++done / ranges.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers.threads, ranges.length) }, drain));
  } catch (cause) {
    if (signal.aborted || cause instanceof MicronnError) throw cause;
    throw new MicronnError(
      'WORKERS_FAILED',
      `a worker died while reading the file: ${cause instanceof Error ? cause.message : String(cause)}`,
      { file: name },
      { cause },
    );
  }
  assertNoFault(results.map((result) => (result && 'fault' in result ? result.fault : undefined)));
  const values = results.map((result) => ('values' in result ? result.values : []));
  return {
    count: rows,
    images: target.images,
    ...(form.label.kind !== 'none' && { labels: mergeLabels(form, words, ranges, values) }),
  };
}

/** Makes the places of labels, which are those of each range, the places in one list of all. */
function mergeLabels(
  { label }: TableForm,
  words: Uint16Array,
  ranges: readonly RowRange[],
  valuesOfRanges: readonly (readonly string[])[],
): RawLabels {
  const places = new Map<string, number>();
  for (const [k, { firstRow, rows }] of ranges.entries()) {
    const merged = valuesOfRanges[k]!.map((value) => {
      const place = places.get(value) ?? places.size;
      places.set(value, place);
      return place;
    });
    if (places.size > 1000) throw tooMany(label);
    for (let i = firstRow; i < firstRow + rows; i++) words[i] = merged[words[i]!]!;
  }
  return narrowed(words, [...places.keys()]);
}

/** Bytes where they suffice. */
function narrowed(words: Uint16Array, values: readonly string[]): RawLabels {
  if (values.length > 256) return { places: words, values };
  const places = sharedBytes(words.length);
  places.set(words);
  return { places, values };
}

async function readOneStream(table: OpenedTable, { signal, progress }: TableLoad): Promise<ReadRows> {
  const { source, form, firstLine } = table;
  const inputs = form.width * form.height;
  const growing = createGrowingRows(inputs);
  const begin = growing.grow();
  const reader = createRowReader(form, firstLine, begin.target, begin.rows);
  const size = source.file === undefined ? undefined : (await stat(source.file)).size;
  const tell = createProgress(progress);
  for await (const _ of readRows(table, reader, signal, (bytes) => tell(size && bytes / size))) {
    if (reader.row < reader.limit) continue;
    const more = growing.grow();
    reader.target = more.target;
    reader.limit = more.rows;
  }
  const count = reader.row;
  const { images, labels } = reader.target;
  const words = labels.subarray(0, count);
  return {
    count,
    images: images.subarray(0, count * inputs),
    ...(form.label.kind !== 'none' && { labels: narrowed(words, reader.book.values) }),
  };
}

/**
 * The table with the range of all its numbers, if a number was refused that the beginning of the file has not shown.
 *
 * @returns undefined if that changes nothing
 */
async function withOtherNumbers(
  table: OpenedTable,
  { pixelScale }: ReadingOptions,
  { signal }: LoadOptions,
  error: unknown,
): Promise<OpenedTable | undefined> {
  const code = error instanceof TableError || error instanceof MicronnError ? error.code : undefined;
  const { form } = table;
  if (code !== 'CSV_PIXEL' || pixelScale || !(form.range || form.floats)) return undefined;
  const numbers = numberForm(await countAll(table, signal), undefined);
  if (numbers.range?.low === form.range?.low && numbers.range?.high === form.range?.high) return undefined;
  const { range: _, ...rest } = form;
  return { ...table, form: { ...rest, ...numbers } };
}

/** Counts the numbers of all rows. */
export async function countAll({ source, form, firstByte, firstLine }: OpenedTable, signal: AbortSignal) {
  const facts = noNumbers();
  let rest = Buffer.alloc(0);
  let skip = firstByte;
  let line = firstLine;
  const take = (isAll: boolean): void => {
    let at = 0;
    for (;;) {
      const row = findRowEnd(rest, at, rest.length, form, isAll);
      if (!row || row.next === at || row.isEndless || row.end - at > mostRowBytes(form.fields)) break;
      const isRow = row.end > at && String.fromCharCode(rest[at]!) !== form.comment;
      if (isRow) {
        const fields = fieldsOf(rest.toString('utf8', at, row.end), row.hasQuotes, form, form, line);
        if (fields.length === form.fields) countNumbers(facts, form, fields);
      }
      at = row.next;
      line += row.lines;
    }
    rest = rest.subarray(at);
  };
  for await (const chunk of source.open()) {
    signal.throwIfAborted();
    const skipped = Math.min(skip, chunk.length);
    skip -= skipped;
    rest = Buffer.concat([rest, chunk.subarray(skipped)]);
    take(false);
  }
  take(true);
  return facts;
}
