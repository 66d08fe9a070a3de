/** Runs on the threads that read a CSV: parses one range of whole lines into its rows. */
import { MicronnError } from '../errors.ts';
import type { RowTarget } from './csv-format.ts';
import { readRows } from './csv-rows.ts';
import type { CsvRange } from './csv-survey.ts';
import { type Fault, faultOf } from './fault.ts';
import { openStream } from './gzip.ts';

export interface RangeTask {
  readonly file: string;
  readonly range: CsvRange;
  /**
   * All rows, in shared memory. Only this task writes the rows of its range, and nobody reads them before the pool
   * returns its result, so the writes need no synchronization.
   */
  readonly target: RowTarget;
}

/** Reads one range. Returns a fault in the data; throws internal errors. */
export async function readRange({ file, range, target }: RangeTask): Promise<Fault | undefined> {
  const end = range.firstRow + range.rows;
  let row = range.firstRow;
  try {
    await readRows(openStream(file, range), { file, ...range }, () => {
      if (row === end) throw changed(file);
      return { labels: target.labels, images: target.images, row: row++ };
    });
    if (row !== end) throw changed(file);
    return undefined;
  } catch (error) {
    return faultOf(error);
  }
}

/** The range no longer holds the lines that the survey counted. */
function changed(file: string): MicronnError {
  return new MicronnError('DATA_UNREADABLE', 'the file changed while it was being read', { file });
}
