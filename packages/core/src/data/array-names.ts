/**
 * What the names of arrays and files say: `x_train`, `X_test`, `train_images`, `t10k-labels-idx1-ubyte`,
 * `emnist-letters-train-images-idx3-ubyte.gz`, `kmnist-train-imgs.npz`.
 */
export interface ArrayName {
  /** The set to which the array belongs; undefined where its name says none. */
  readonly set?: 'train' | 'test' | 'validation';
  /** What it holds; undefined where its name says nothing. */
  readonly role?: 'images' | 'labels' | 'names';
  /** The other words of the name, by which arrays of one data set are known to belong together: `emnist letters`. */
  readonly rest: string;
}

const setWords: Readonly<Record<string, ArrayName['set']>> = {
  train: 'train',
  training: 'train',
  tr: 'train',
  test: 'test',
  testing: 'test',
  te: 'test',
  t10k: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
};

const roleWords: Readonly<Record<string, ArrayName['role']>> = {
  images: 'images',
  image: 'images',
  imgs: 'images',
  img: 'images',
  pixels: 'images',
  x: 'images',
  data: 'images',
  features: 'images',
  inputs: 'images',
  labels: 'labels',
  label: 'labels',
  lbls: 'labels',
  y: 'labels',
  target: 'labels',
  targets: 'labels',
  classes: 'labels',
  class: 'labels',
  names: 'names',
};

/** Words of the file's format. */
const FORMAT_WORD =
  /^(idx\d?|s?byte|ubyte\d?|short|int|float|double|npy|npz|gz|zip|csv|tsv|parquet|of|0*\d{5,})$/;

/** Where a name has words of several roles, as `data_labels`, the last of these is meant. */
const roles = ['images', 'labels', 'names'] as const;

/** Parses the name of an array or a file, without its folder. */
export function parseArrayName(name: string): ArrayName {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/(^|[^a-z])([xy])(train|test|val)/g, '$1$2 $3')
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '' && !FORMAT_WORD.test(word));
  const set = words.map((word) => setWords[word]).find(Boolean);
  const found = words.map((word) => roleWords[word]);
  const role = roles.findLast((one) => found.includes(one));
  const rest = words.filter((word) => !(word in setWords) && !(word in roleWords)).join(' ');
  return { ...(set && { set }), ...(role && { role }), rest };
}
