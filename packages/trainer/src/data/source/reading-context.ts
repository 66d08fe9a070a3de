import path from 'node:path';
import type { SetName } from '@micronn/core/data';
import { interrupted, MicronnError } from '../../errors.ts';
import { MNIST } from '../mnist.ts';
import type { LoadOptions, RawSet, RawSource, ReadingOptions } from '../source.ts';

/** What every reader of a source knows. */
export interface Reading {
  /** The options that say how to read. */
  readonly options: ReadingOptions;
  readonly load: LoadOptions;
  /** Part of the path as typed that names a data set among several of a folder: `emnist-letters`. */
  readonly chosen?: string;
}

/** Ends a reading that was interrupted. */
export function assertGoesOn({ load }: Reading, name: string): void {
  if (load.signal.aborted) throw interrupted(name, load.signal.reason);
}

/** The parts in their order: the first one there is trained on. */
export const SET_ORDER: readonly SetName[] = ['train', 'only', 'test', 'validation'];

/**
 * The source of the parts: the training set is the one called so, or the only one; the test set is the one called so,
 * or else that for validation.
 *
 * @param read reads a part; one that is not the main part may lack labels, and is then left out
 */
export async function sourceOf<Part>(
  parts: ReadonlyMap<SetName, Part>,
  read: (part: Part, isMain: boolean) => Promise<RawSet>,
): Promise<RawSource> {
  const [first, ...others] = SET_ORDER.filter((name) => parts.has(name));
  if (first === undefined) return {};
  const train = await read(parts.get(first)!, true);
  const second = first === 'test' ? undefined : others.find((name) => name !== 'only');
  const test = second && (await read(parts.get(second)!, false));
  const unused = others.filter((name) => name !== second).map((name) => `${WORDS[name]} not used`);
  if (!test) return { train: { ...train, told: [...train.told, ...unused] } };
  if (!test.labels) unused.unshift(`${WORDS[second]} without labels: not used`);
  else if (second === 'validation') unused.unshift('validation set as test set');
  return {
    train: { ...train, told: [...train.told, ...unused] },
    ...(test.labels && { test }),
  };
}

const WORDS: Readonly<Record<SetName, string>> = {
  train: 'training set',
  only: 'files of no set',
  test: 'test set',
  validation: 'validation set',
};

/**
 * The error for a path that leads to no file, nor to a data set of the folder or archive above it.
 *
 * @param known the data sets that there are
 */
export function notFound(folder: string, chosen: string, known: readonly string[] = []): MicronnError {
  const instead =
    known.length > 0
      ? `its folder holds ${known.join(', ')}`
      : `expected ${MNIST}, a file or folder of data, or - for standard input`;
  return new MicronnError('DATA_NOT_FOUND', `not found: ${instead}`, { file: path.join(folder, chosen) });
}

/** The error for images whose labels are missing. */
export function withoutLabels(name: string, advice: string): MicronnError {
  return new MicronnError('DATA_LABELS', `images without labels: ${advice}`, { file: name });
}
