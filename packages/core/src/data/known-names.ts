/** Names of classes by their label. */
export type NamesByLabel = Readonly<Record<string, string>>;

function byPlace(names: Iterable<string>, first = 0): NamesByLabel {
  return Object.fromEntries(Array.from(names, (name, k) => [String(first + k), name]));
}

/**
 * The ten classes of Fashion-MNIST.
 *
 * Source: https://github.com/zalandoresearch/fashion-mnist, "Labels".
 */
const FASHION = byPlace([
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]);

/**
 * The ten classes of Kuzushiji-MNIST, one from each row of the hiragana.
 *
 * Source: https://github.com/rois-codh/kmnist, kmnist_classmap.csv.
 */
const KUZUSHIJI = byPlace('おきすつなはまやれを');

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const NUMERALS = '0123456789';

/**
 * The classes of EMNIST's sets. Letters begins at 1 and takes both cases together; balanced and by_merge keep the small
 * letters that differ from their capitals.
 *
 * Source: G. Cohen et al., "EMNIST: an extension of MNIST to handwritten letters", 2017, and the mapping files of the
 * data set.
 */
const emnist: Readonly<Record<string, NamesByLabel>> = {
  byclass: byPlace(NUMERALS + UPPER + UPPER.toLowerCase()),
  bymerge: byPlace(`${NUMERALS}${UPPER}abdefghnqrt`),
  balanced: byPlace(`${NUMERALS}${UPPER}abdefghnqrt`),
  letters: byPlace(UPPER, 1),
  digits: byPlace(NUMERALS),
  mnist: byPlace(NUMERALS),
};

/** What is known of a public data set by the names of its files and folders. */
export interface KnownSet {
  /** What people call it: `EMNIST letters`. */
  readonly title: string;
  readonly names: NamesByLabel;
  /** Whether its images lie transposed, as in EMNIST's own files. */
  readonly isTransposed: boolean;
}

/**
 * Recognises Fashion-MNIST, Kuzushiji-MNIST and the six sets of EMNIST by the path of a file.
 *
 * @param path the path as typed, or a part of it
 */
export function knownSet(path: string): KnownSet | undefined {
  // The words nearest to the end say most: a folder EMNIST may lie in a folder fashion.
  for (const part of path.split(/[\\/]/).toReversed()) {
    const name = part.toLowerCase();
    const which = /emnist[-_ .]?(byclass|bymerge|balanced|letters|digits|mnist)/.exec(name)?.[1];
    if (which) return { title: `EMNIST ${which}`, names: emnist[which]!, isTransposed: true };
    if (/fashion/.test(name)) return { title: 'Fashion-MNIST', names: FASHION, isTransposed: false };
    if (/(^|[^a-z])(kmnist|kuzushiji[-_ ]?mnist)/.test(name)) {
      return { title: 'Kuzushiji-MNIST', names: KUZUSHIJI, isTransposed: false };
    }
  }
  return undefined;
}
