import path from 'node:path';
import { elementsOf, type KnownSet, knownSet, parseArrayName, parseLabelNames } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import type { RawSet, RawSource } from '../source.ts';
import type { ArrayFile } from './array-file.ts';
import { readArrayImages } from './array-images.ts';
import { readArrayLabels } from './array-labels.ts';
import { type InputBytes, readAll } from './input-bytes.ts';
import { withKnown } from './known-data.ts';
import { type Reading, SET_ORDER, type SetName, sourceOf, withoutLabels } from './reading-context.ts';

/** An array and its name: that of its file, or of its entry in an .npz file. */
export interface NamedArray {
  readonly name: string;
  readonly array: ArrayFile;
  /** What is told of its file: whether it was gzipped. */
  readonly isGzipped: boolean;
}

/** Arrays of one data set. */
interface Part {
  images?: NamedArray;
  labels?: NamedArray;
}

/** The parts of one data set, and what the names of its files have in common. */
interface ArraySet {
  readonly rest: string;
  readonly parts: Map<SetName, Part>;
}

/** The words for images, the likeliest first: sklearn's digits have both `images` and `data`. */
const IMAGE_WORDS = ['images', 'image', 'imgs', 'img', 'pixels', 'x', 'data', 'features', 'inputs'];

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
  const set = chooseSet(arraySets(arrays, reading), place, reading);
  const known = knownSet(path.posix.join(place.path, set.rest.replaceAll(' ', '-')));
  const mapping = known?.isTransposed ? await mappedNames(set.rest, place) : undefined;
  return sourceOf(set.parts, (part, isMain) => readPart(part, isMain, set, place, reading, known, mapping));
}

async function readPart(
  { images, labels }: Part,
  isMain: boolean,
  set: ArraySet,
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
  { rest, parts }: ArraySet,
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
function arraySets(arrays: readonly NamedArray[], reading: Reading): ArraySet[] {
  if (arrays.length > 1 && arrays.every(({ name }) => /^arr_\d+$/.test(name))) return [byOrder(arrays)];
  const sets = byNames(arrays, reading);
  const isPaired = sets.some(({ parts }) =>
    [...parts.values()].some(({ images, labels }) => images && labels),
  );
  if (isPaired || arrays.length !== 2 || sets.length === 1) return sets;
  return [byOrder(arrays)];
}

function byNames(arrays: readonly NamedArray[], { options }: Reading): ArraySet[] {
  const sets = new Map<string, ArraySet>();
  for (const named of arrays) {
    const base = path.basename(named.name);
    const { set = 'only', role = roleByShape(named), rest } = parseArrayName(base);
    if (role === 'names' || role === undefined) continue;
    const found = sets.get(rest) ?? { rest, parts: new Map<SetName, Part>() };
    sets.set(rest, found);
    const part = found.parts.get(set) ?? {};
    found.parts.set(set, part);
    const other = part[role];
    if (role === 'images') {
      if (!other || wordPlace(named) < wordPlace(other)) part.images = named;
    } else if (!other || named.name === options.labelColumn) {
      part.labels = named;
    } else if (other.name !== options.labelColumn) {
      throw new MicronnError(
        'DATA_LABELS',
        `several arrays of labels, ${other.name} and ${named.name}: choose one with --label-column ${named.name}`,
        { file: named.array.bytes.name },
      );
    }
  }
  return [...sets.values()];
}

function wordPlace({ name }: NamedArray): number {
  const words = name.toLowerCase().split(/[^a-z]+/);
  return IMAGE_WORDS.findIndex((word) => words.includes(word));
}

function roleByShape({ array }: NamedArray): 'images' | 'labels' | undefined {
  const [, ...rest] = array.header.shape;
  if (rest.length >= 2) return 'images';
  return elementsOf(rest) === 1 ? 'labels' : undefined;
}

/** Arrays whose names say nothing, as NumPy's savez numbers them: images and labels, and perhaps those of a test set. */
function byOrder(arrays: readonly NamedArray[]): ArraySet {
  const perSample = ({ array }: NamedArray): number => elementsOf(array.header.shape.slice(1));
  const ordered = arrays.toSorted((one, other) => Number(one.name.slice(4)) - Number(other.name.slice(4)));
  // Images have more numbers than labels, one-hot rows among them.
  const largest = ordered.toSorted((one, other) => perSample(other) - perSample(one));
  const isImages = new Set(largest.slice(0, Math.ceil(arrays.length / 2)));
  const images = ordered.filter((named) => isImages.has(named));
  const labels = ordered.filter((named) => !isImages.has(named));
  const names: readonly SetName[] = images.length > 1 ? ['train', 'test'] : ['only'];
  const parts = names.map((name, k): [SetName, Part] => {
    const [one, other] = [images[k], labels[k]];
    return [name, { ...(one && { images: one }), ...(other && { labels: other }) }];
  });
  return { rest: '', parts: new Map(parts) };
}

/** The only data set that is complete, or the one that the path names. */
function chooseSet(sets: readonly ArraySet[], place: ArrayPlace, { chosen, options }: Reading): ArraySet {
  const isComplete = ({ parts }: ArraySet): boolean =>
    [...parts.values()].some(({ images, labels }) => images && (labels ?? options.unlabelled));
  const complete = sets.filter(isComplete);
  const candidates = complete.length > 0 ? complete : sets;
  if (chosen !== undefined) {
    const wanted = parseArrayName(chosen).rest;
    const found = candidates.find(({ rest }) => rest === wanted);
    if (found) return found;
    throw new MicronnError('DATA_NOT_FOUND', `no data set ${chosen} in it: expected ${listed(candidates)}`, {
      file: place.name,
    });
  }
  const [first, ...others] = candidates;
  if (!first) {
    throw new MicronnError('ARRAY_FORMAT', 'the names of its arrays do not say which are images and labels', {
      file: place.name,
    });
  }
  if (others.length > 0) {
    const example = path.join(place.name, fileWord(first));
    throw new MicronnError(
      'DATA_SEVERAL',
      `several data sets, ${listed(candidates)}: name one of them, as ${example}`,
      { file: place.name },
    );
  }
  return first;
}

function fileWord({ rest }: ArraySet): string {
  return rest === '' ? 'train' : rest.replaceAll(' ', '-');
}

function listed(sets: readonly ArraySet[]): string {
  return sets.map(fileWord).join(', ');
}

/** EMNIST's names of classes, if its mapping file lies beside the images. */
async function mappedNames(rest: string, { mappings = [] }: ArrayPlace): Promise<RawSet['names']> {
  const file = mappings.find(({ base }) => parseArrayName(base).rest === `${rest} mapping txt`);
  if (!file) return undefined;
  const text = (await readAll(await file.bytes(), 1 << 20)).toString('utf8');
  return parseLabelNames(text, file.base).byLabel;
}
