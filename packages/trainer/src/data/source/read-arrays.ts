import path from 'node:path';
import {
  type ArrayPart,
  type ArraySet,
  DataFormatError,
  type KnownSet,
  knownSet,
  type NamedShape,
  pairArrays,
  parseArrayName,
  parseLabelNames,
} from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import type { RawSet, RawSource } from '../source.ts';
import { type ArrayFile, openArray } from './array-file.ts';
import { readArrayImages } from './array-images.ts';
import { readArrayLabels } from './array-labels.ts';
import { type InputBytes, type KnownBytes, readAll } from './input-bytes.ts';
import { withKnown } from './known-data.ts';
import { notFound, type Reading, SET_ORDER, sourceOf, withoutLabels } from './reading-context.ts';

/** An array and its name: that of its file, or of its entry in an .npz file. */
export interface NamedArray extends NamedShape {
  readonly array: ArrayFile;
  /** What is told of its file: whether it was gzipped. */
  readonly isGzipped: boolean;
}

/** Opens the array of a file. */
export async function namedArray(name: string, known: KnownBytes): Promise<NamedArray> {
  const array = await openArray(known);
  return { name, shape: array.header.shape, array, isGzipped: known.isGzipped };
}

/** Where arrays lie and how they are told. */
export interface ArrayPlace {
  /** The folder or file, for an error. */
  readonly name: string;
  /** The names of the folders above, by which public data sets are known. */
  readonly path: string;
  readonly told: string;
  /** Other files beside the arrays, for EMNIST's names of classes. */
  readonly mappings?: readonly { readonly base: string; bytes(): Promise<InputBytes> }[];
}

/**
 * Reads images and labels from arrays, which are paired by their names; two arrays without such names are paired by
 * their shapes.
 *
 * @throws MicronnError when arrays of several data sets are there, or images and labels do not match
 */
export async function readArraySets(
  arrays: readonly NamedArray[],
  place: ArrayPlace,
  reading: Reading,
): Promise<RawSource> {
  const set = chooseSet(arraySets(arrays, reading, place.name), place, reading);
  const known = knownSet(path.posix.join(place.path, set.rest.replaceAll(' ', '-')));
  const mapping = known?.isTransposed ? await mappedNames(set.rest, place) : undefined;
  return sourceOf(set.parts, (part, isMain) => readPart(part, isMain, set, place, reading, known, mapping));
}

async function readPart(
  { images, labels }: ArrayPart<NamedArray>,
  isMain: boolean,
  set: ArraySet<NamedArray>,
  place: ArrayPlace,
  reading: Reading,
  known: KnownSet | undefined,
  mapping: RawSet['names'],
): Promise<RawSet> {
  const { options, load } = reading;
  if (!images) throw without('images', labels!, place);
  if (!labels && isMain && options.unlabelled !== true) throw without('labels', images, place);
  const read = await readArrayImages(images.array, options, load.signal);
  const base = path.basename(images.name);
  const isIdx = images.array.format === 'IDX';
  const raw: RawSet = {
    ...read,
    ...(labels && {
      labels: await readArrayLabels(labels.array, read.count, base, load.signal),
    }),
    told: toldOf(set, place, known, isIdx, images),
  };
  return withKnown(raw, known, isIdx, mapping);
}

function toldOf(
  { rest, parts }: ArraySet<NamedArray>,
  place: ArrayPlace,
  known: KnownSet | undefined,
  isIdx: boolean,
  { isGzipped }: NamedArray,
): string[] {
  const told = [place.told];
  if (rest.startsWith('qmnist')) told.push('QMNIST');
  else if (isIdx && rest === '' && !known) told.push('MNIST’s file names');
  if (!isIdx) {
    const named = SET_ORDER.flatMap((name) => [parts.get(name)?.images, parts.get(name)?.labels]);
    told.push(named.flatMap((one) => (one ? [one.name] : [])).join(', '));
  }
  if (isGzipped) told.push('gzip');
  return told;
}

function without(role: 'images' | 'labels', { name, array }: NamedArray, place: ArrayPlace): MicronnError {
  const other = role === 'labels' ? 'images' : 'labels';
  const base = path.basename(name).replace(/\.gz$/i, '');
  const swapped = base
    .replace(new RegExp(other, 'i'), role)
    .replace(other === 'images' ? 'idx3' : 'idx1', other === 'images' ? 'idx1' : 'idx3');
  const expected = swapped === base ? '' : `: expected ${swapped} beside it`;
  if (role === 'labels') return withoutLabels(array.bytes.name, `no labels belong to ${base}${expected}`);
  return new MicronnError('DATA_NOT_FOUND', `labels without images: no images belong to ${base}${expected}`, {
    file: place.name,
  });
}

/** Groups arrays by their data set and part. */
function arraySets(
  arrays: readonly NamedArray[],
  { options }: Reading,
  file: string,
): ArraySet<NamedArray>[] {
  const named = arrays.map((array) => ({ ...array, name: path.basename(array.name) }));
  try {
    return pairArrays(named, options.labelColumn);
  } catch (cause) {
    if (!(cause instanceof DataFormatError)) throw cause;
    throw new MicronnError('DATA_LABELS', cause.message, { file }, { cause });
  }
}

/** The only data set that is complete, or the one that the path names. */
function chooseSet(
  sets: readonly ArraySet<NamedArray>[],
  place: ArrayPlace,
  { chosen, options }: Reading,
): ArraySet<NamedArray> {
  const isComplete = ({ parts }: ArraySet<NamedArray>): boolean =>
    [...parts.values()].some(({ images, labels }) => images && (labels ?? options.unlabelled));
  const complete = sets.filter(isComplete);
  const candidates = complete.length > 0 ? complete : sets;
  if (chosen !== undefined) {
    const wanted = parseArrayName(chosen).rest;
    const found = candidates.find(({ rest }) => rest !== '' && rest === wanted);
    if (found) return found;
    throw notFound(place.name, chosen, candidates.map(setWord));
  }
  const [first, ...others] = candidates;
  if (!first) {
    throw new MicronnError('ARRAY_FORMAT', 'the names of its arrays do not say which are images and labels', {
      file: place.name,
    });
  }
  if (others.length > 0) {
    const example = path.join(place.name, setWord(first));
    throw new MicronnError(
      'DATA_SEVERAL',
      `several data sets, ${candidates.map(setWord).join(', ')}: name one of them, as ${example}`,
      { file: place.name },
    );
  }
  return first;
}

/** What a data set of several is named by: the words of its files, or its first file if they have none. */
function setWord({ rest, parts }: ArraySet<NamedArray>): string {
  if (rest !== '') return rest.replaceAll(' ', '-');
  const [first] = [...parts.values()].flatMap(({ images, labels }) => images ?? labels ?? []);
  return first!.name;
}

/** EMNIST's names of classes, if its mapping file lies beside the images. */
async function mappedNames(rest: string, { mappings = [] }: ArrayPlace): Promise<RawSet['names']> {
  const file = mappings.find(({ base }) => parseArrayName(base).rest === `${rest} mapping txt`);
  if (!file) return undefined;
  const text = (await readAll(await file.bytes(), 1 << 20)).toString('utf8');
  return parseLabelNames(text, file.base).byLabel;
}
