import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { MicronnError, unreadable } from '../../errors.ts';
import { readCsv } from '../csv.ts';
import { interrupted } from '../csv-format.ts';
import { isGzip, streamFailure } from '../gzip.ts';
import { contentKey, createSampleCache } from '../sample-cache.ts';
import { IMAGE_SIDE, type Samples } from '../samples.ts';
import type { ByteSource, LoadOptions, RawSet, ReadingOptions } from '../source.ts';
import { labelsOfNumbers } from './labels.ts';
import { inTemporaryFile } from './temporary-file.ts';

/** Reads a table of text by the reader of Kaggle's CSV. */
export async function readTable(
  source: ByteSource,
  _reading: ReadingOptions,
  load: LoadOptions,
): Promise<RawSet> {
  // The reader unpacks by the name.
  const isPlain = source.file !== undefined && !isGzip(source.file);
  const file = isPlain ? source.file : (await inTemporaryFile(source, load.signal)).file!;
  try {
    const { count, images, labels } = await loadCsv(file, load);
    return {
      count,
      width: IMAGE_SIDE,
      height: IMAGE_SIDE,
      images,
      labels: labelsOfNumbers(source.name, labels),
      told: ['CSV'],
    };
  } catch (error) {
    if (!(error instanceof MicronnError) || error.place.file !== file) throw error;
    throw new MicronnError(
      error.code,
      error.sentence,
      { ...error.place, file: source.name },
      { cause: error },
    );
  }
}

/** Loads a CSV from the cache, if a file of the same content was read before, otherwise from the file. */
async function loadCsv(file: string, { workers, cache, signal, warn }: LoadOptions): Promise<Samples> {
  if (cache === null) return readCsv(file, { workers, signal });
  const entries = createSampleCache(cache, warn);
  const before = await statOf(file);
  const key = await contentKey(file, 'csv', signal).catch((cause: unknown) => {
    throw signal.aborted ? interrupted(file, cause) : streamFailure(file, cause);
  });
  const kept = await entries.get(key);
  if (kept) return kept;
  const samples = await readCsv(file, { workers, signal });
  // The key must be the hash of the very bytes that were parsed: a file that changed meanwhile is not cached.
  if (sameFile(before, await statOf(file))) await entries.put(key, samples);
  return samples;
}

function statOf(file: string): Promise<BigIntStats> {
  return stat(file, { bigint: true }).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
}

/** Whether the file was neither written nor replaced between two calls of stat. */
function sameFile(before: BigIntStats, after: BigIntStats): boolean {
  return (['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const).every((key) => before[key] === after[key]);
}
