import { BYTES, type NumberFacts, rangeOf } from '@micronn/core/data';
import type { ByteSource, LoadOptions, RawSet, ReadingOptions } from '../source.ts';
import { type OpenedTable, openTable } from './open-table.ts';
import { createProgress } from './progress.ts';
import { readRows } from './read-rows.ts';
import { countAll } from './read-table.ts';
import { createRowReader } from './row-reader.ts';
import { withFailures } from './table-failure.ts';

const ROWS_PER_BLOCK = 4096;

/**
 * Reads a table in blocks of up to 4096 rows, in order, with memory for one of them: a block's images and labels are valid
 * until the next is asked for. The range of the pixels is that of the whole table; undefined only if all its numbers leave
 * it open.
 *
 * @throws MicronnError with file, line and column of the first thing that is wrong, after the blocks before it
 */
export async function* streamTable(
  source: ByteSource,
  reading: ReadingOptions,
  load: Pick<LoadOptions, 'signal' | 'progress'>,
): AsyncGenerator<RawSet> {
  const { name } = source;
  const table = await withFailures(name, load.signal, async () =>
    withRange(await openTable(source, reading), reading, load.signal),
  );
  const blocks = blocksOf(table, load);
  for (;;) {
    const { value, done } = await withFailures(name, load.signal, () => blocks.next());
    if (done) return;
    yield value;
  }
}

interface RangedTable extends OpenedTable {
  /** The range of the bytes, which are numbers of the table. */
  readonly range?: typeof BYTES;
}

/**
 * Decides on the range by the beginning, or, where that leaves it open, by all numbers: a block must not be read by its
 * own numbers alone.
 */
async function withRange(
  table: OpenedTable,
  { pixelScale }: ReadingOptions,
  signal: AbortSignal,
): Promise<RangedTable> {
  const { form } = table;
  if (form.range) return { ...table, range: form.range };
  const rangeIn = ({ least, most, fractions }: NumberFacts) =>
    rangeOf({ least, most: Math.min(most, BYTES.high), whole: fractions === 0 });
  const range = pixelScale ?? rangeIn(table.numbers) ?? rangeIn(await countAll(table, signal));
  if (!range) return table;
  const isBytes = range.low === BYTES.low && range.high === BYTES.high;
  return { ...table, range, form: isBytes ? form : { ...form, range } };
}

async function* blocksOf(
  table: RangedTable,
  { signal, progress }: Pick<LoadOptions, 'signal' | 'progress'>,
): AsyncGenerator<RawSet> {
  const { form, range } = table;
  const { width, height, told } = form;
  const inputs = width * height;
  const images = new Uint8Array(ROWS_PER_BLOCK * inputs);
  const labels = new Uint16Array(ROWS_PER_BLOCK);
  const reader = createRowReader(form, table.firstLine, { images, labels }, ROWS_PER_BLOCK);
  const tell = createProgress(progress);
  for await (const _ of readRows(table, reader, signal, () => tell(undefined))) {
    const count = reader.row;
    if (count === 0) continue;
    yield {
      width,
      height,
      count,
      images: images.subarray(0, count * inputs),
      ...(range && { range }),
      ...(form.label.kind !== 'none' && {
        labels: { places: labels.subarray(0, count), values: [...reader.book.values] },
      }),
      told,
    };
    reader.row = 0;
  }
}
