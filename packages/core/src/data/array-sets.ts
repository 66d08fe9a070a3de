import { parseArrayName } from './array-names.ts';
import { DataFormatError, elementsOf } from './number-type.ts';

/** A part of a data set, by the words in the names of its files or arrays; `only` without such a word. */
export type SetName = 'train' | 'test' | 'validation' | 'only';

/** An array of images or labels. */
export interface NamedShape {
  /** The name of its file, without folders, or of its entry in an .npz file. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** The arrays of one part. */
export interface ArrayPart<Named extends NamedShape> {
  readonly images?: Named;
  readonly labels?: Named;
}

/** The parts of one data set. */
export interface ArraySet<Named extends NamedShape> {
  /** What the names of its arrays have in common besides set and role: `emnist letters`. */
  readonly rest: string;
  readonly parts: ReadonlyMap<SetName, ArrayPart<Named>>;
}

/** The words for images, the likeliest first: sklearn's digits have both `images` and `data`. */
const IMAGE_WORDS = ['images', 'image', 'imgs', 'img', 'pixels', 'x', 'data', 'features', 'inputs'];

/**
 * Groups arrays by their data set and part: by their names, as `x_train` and `y_train`; by their order and sizes, if
 * NumPy's savez has numbered them or two arrays have names that say nothing.
 *
 * @param labelsName the name of the array of labels to take, where there are several
 * @throws DataFormatError when a part has several arrays of labels
 */
export function pairArrays<Named extends NamedShape>(
  arrays: readonly Named[],
  labelsName?: string,
): ArraySet<Named>[] {
  if (arrays.length > 1 && arrays.every(({ name }) => /^arr_\d+$/.test(name))) return [byOrder(arrays)];
  const sets = byNames(arrays, labelsName);
  if (arrays.length !== 2 || sets.length === 1 || sets.some(hasPair)) return sets;
  return [byOrder(arrays)];
}

function hasPair({ parts }: ArraySet<NamedShape>): boolean {
  return [...parts.values()].some(({ images, labels }) => images && labels);
}

function byNames<Named extends NamedShape>(
  arrays: readonly Named[],
  labelsName: string | undefined,
): ArraySet<Named>[] {
  const sets = new Map<string, Map<SetName, ArrayPart<Named>>>();
  for (const named of arrays) {
    const { set = 'only', role = roleByShape(named), rest } = parseArrayName(named.name);
    if (role !== 'images' && role !== 'labels') continue;
    const parts = sets.get(rest) ?? new Map<SetName, ArrayPart<Named>>();
    sets.set(rest, parts);
    const part = parts.get(set) ?? {};
    const chosen = role === 'images' ? likelier(part.images, named) : oneOf(part.labels, named, labelsName);
    parts.set(set, { ...part, [role]: chosen });
  }
  return Array.from(sets, ([rest, parts]) => ({ rest, parts }));
}

function likelier<Named extends NamedShape>(one: Named | undefined, other: Named): Named {
  return one && wordPlace(one) <= wordPlace(other) ? one : other;
}

function wordPlace({ name }: NamedShape): number {
  const words = name.toLowerCase().split(/[^a-z]+/);
  const place = IMAGE_WORDS.findIndex((word) => words.includes(word));
  return place < 0 ? IMAGE_WORDS.length : place;
}

function oneOf<Named extends NamedShape>(
  one: Named | undefined,
  other: Named,
  wanted: string | undefined,
): Named {
  if (!one || other.name === wanted) return other;
  if (one.name === wanted) return one;
  throw new DataFormatError(
    `several arrays of labels, ${one.name} and ${other.name}: choose one with --label-column ${other.name}`,
  );
}

function roleByShape({ shape: [, ...rest] }: NamedShape): 'images' | 'labels' | undefined {
  if (rest.length >= 2) return 'images';
  return elementsOf(rest) === 1 ? 'labels' : undefined;
}

/** Arrays whose names say nothing: images and labels, and perhaps those of a test set. */
function byOrder<Named extends NamedShape>(arrays: readonly Named[]): ArraySet<Named> {
  const perSample = ({ shape }: Named): number => elementsOf(shape.slice(1));
  const ordered = arrays.toSorted((one, other) => numberOf(one) - numberOf(other));
  // Images have more numbers than labels, one-hot rows among them.
  const largest = ordered.toSorted((one, other) => perSample(other) - perSample(one));
  const areImages = new Set(largest.slice(0, Math.ceil(arrays.length / 2)));
  const images = ordered.filter((named) => areImages.has(named));
  const labels = ordered.filter((named) => !areImages.has(named));
  const names: readonly SetName[] = images.length > 1 ? ['train', 'test'] : ['only'];
  const parts = names.map((name, k): [SetName, ArrayPart<Named>] => {
    const [one, other] = [images[k], labels[k]];
    return [name, { ...(one && { images: one }), ...(other && { labels: other }) }];
  });
  return { rest: '', parts: new Map(parts) };
}

/** The number that savez gave an array; 0 if it has another name. */
function numberOf({ name }: NamedShape): number {
  return Number(/^arr_(\d+)$/.exec(name)?.[1] ?? 0);
}
