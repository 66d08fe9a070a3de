/** Runs on the threads that read a table of text: parses one range of whole lines into its rows. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { TableForm } from '@micronn/core/data';
import { MicronnError, unreadable } from '../../errors.ts';
import { type Fault, faultOf } from '../fault.ts';
import { createRowReader, type RowTarget } from './row-reader.ts';
import type { RowRange } from './survey.ts';
import { inFile } from './table-failure.ts';

export interface RangeTask {
  readonly file: string;
  /** What people call the file. */
  readonly name: string;
  readonly form: TableForm;
  readonly range: RowRange;
  /**
   * All rows, in shared memory. Only this task writes the rows of its range, and nobody reads them before the pool
   * returns its result, so the writes need no synchronization.
   */
  readonly target: RowTarget;
}

/** The labels of a range in the order in which they first occur, to whose places its rows refer; or what is wrong. */
export type RangeResult = { readonly values: readonly string[] } | { readonly fault: Fault };

/** A range at a time, with room for the largest row. The thread's ranges share it, so that reading leaves no garbage. */
const BUFFER_BYTES = 1 << 20;
let buffer: Buffer | undefined;

/** Reads one range. Returns a fault in the data; throws internal errors. */
export function readRange({ file, name, form, range, target }: RangeTask): Promise<RangeResult> {
  try {
    const values = inFile(name, () => readRows(file, name, form, range, target));
    return Promise.resolve({ values });
  } catch (error) {
    return Promise.resolve().then(() => ({ fault: faultOf(error) }));
  }
}

function readRows(
  file: string,
  name: string,
  form: TableForm,
  range: RowRange,
  target: RowTarget,
): readonly string[] {
  buffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const reader = createRowReader(form, range.firstLine, target, range.firstRow + range.rows);
  reader.row = range.firstRow;
  const fd = opened(file);
  try {
    let kept = 0;
    for (let at = range.start; at < range.end; ) {
      const count = readSync(fd, buffer, kept, Math.min(buffer.length - kept, range.end - at), at);
      if (count === 0) throw changed(name);
      at += count;
      const length = kept + count;
      const used = reader.take(buffer, 0, length, at === range.end);
      buffer.copyWithin(0, used, length);
      kept = length - used;
      // Behind the last row that was counted, there is another.
      if (kept === buffer.length) throw changed(name);
    }
    if (kept > 0 || reader.row !== reader.limit) throw changed(name);
    return reader.book.values;
  } finally {
    closeSync(fd);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** The range no longer holds the lines that were counted. */
function changed(file: string): MicronnError {
  return new MicronnError('DATA_UNREADABLE', 'the file changed while it was being read', { file });
}
