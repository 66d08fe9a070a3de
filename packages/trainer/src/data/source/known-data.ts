import type { KnownSet, NamesByLabel } from '@micronn/core/data';
import type { RawSet } from '../source.ts';

/**
 * Adds what is known of a public data set by its name: the names of its classes, unless it has other labels, and how the
 * images of its own files lie.
 *
 * @param set what was read; what is told of its form comes first
 * @param isOwnForm whether the files are those of the data set itself: IDX, and the CSVs that Kaggle made from them
 * @param names other names than those that are known
 */
export function withKnown(
  set: RawSet,
  known: KnownSet | undefined,
  isOwnForm: boolean,
  names: NamesByLabel | undefined = known?.names,
): RawSet {
  const isNamed = names && !set.labels?.values.some((label) => names[label] === undefined);
  // The files of EMNIST are turned with other labels too.
  const isTurned = isOwnForm && known?.isTransposed === true;
  if (!known || !(isNamed || isTurned)) return set;
  const [form = '', ...details] = set.told;
  return {
    ...set,
    ...(isNamed && { names }),
    ...(isTurned && { isTransposed: true }),
    told: [form, known.title, ...details],
  };
}
