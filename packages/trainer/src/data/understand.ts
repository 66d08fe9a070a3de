import {
  BYTES,
  byteOf,
  type Classes,
  classesOf,
  type LabelNames,
  MOST_CLASSES,
  type PixelRange,
  rangeOf,
  rangeText,
} from '@micronn/core/data';
import { MicronnError } from '../errors.ts';
import { withImages } from './images.ts';
import { type SampleSet, sharedBytes } from './samples.ts';
import type { ImageSize, RawSet } from './source.ts';

/** How the options of the command line say to understand images and labels; what is undefined is found out. */
export interface MeaningOptions {
  readonly pixelScale?: PixelRange;
  readonly invert?: boolean;
  readonly transpose?: boolean;
  /** What to call the classes. */
  readonly classNames?: LabelNames;
}

/** A set of images as bytes from 0 (paper) to 255 (ink), and what its labels mean. */
export interface UnderstoodSet extends ImageSize {
  /** With labels of 0 if the source has none. */
  readonly samples: SampleSet;
  readonly hasLabels: boolean;
  readonly classes: Classes;
  /** Whether black and white were exchanged. */
  readonly inverted: boolean;
  /** Whether rows and columns were exchanged. */
  readonly transposed: boolean;
  /** `Kaggle CSV · header · label in column 1 · 784 pixels 0–255 · 10 classes`. */
  readonly line: string;
}

/** Images that are converted at a time. */
const AT_ONCE = 256;

/**
 * Finds out what the numbers of a source mean: the range of its pixels, how its images lie, and its classes.
 *
 * @param source the name of the source, for errors
 * @param known the classes of the training set or of a model, which the labels must be of
 * @throws MicronnError (exit code 3) when they can mean two things, or nothing
 */
export function understand(
  raw: RawSet,
  source: string,
  options: MeaningOptions = {},
  known?: Classes,
): UnderstoodSet {
  const range = raw.range ?? options.pixelScale ?? foundRange(raw, source);
  const transposed = options.transpose ?? raw.isTransposed ?? false;
  const inverted = options.invert ?? false;
  const size = transposed
    ? { width: raw.height, height: raw.width }
    : { width: raw.width, height: raw.height };
  const images = converted(raw, source, { range: raw.range ? BYTES : range, transposed, inverted });
  const classes = known ?? ownClasses(raw, source, options);
  const labels = labelsOf(raw, classes, source);
  const inputs = size.width * size.height;
  const notes = [
    ...raw.told,
    size.width === size.height && inputs === 784 ? '784 pixels' : `${size.width} × ${size.height} pixels`,
  ];
  const line = [
    ...notes.slice(0, -1),
    `${notes.at(-1)} ${rangeText(range)}`,
    ...(transposed ? ['turned upright'] : []),
    ...(inverted ? ['inverted'] : []),
    raw.labels ? `${classes.values.length} classes` : 'no labels',
  ].join(' · ');
  return {
    samples: { count: raw.count, inputs, images, labels },
    ...size,
    hasLabels: raw.labels !== undefined,
    classes,
    inverted,
    transposed,
    line,
  };
}

/** The range of the pixels, found from the largest of them: one above 16 decides that they are bytes. */
function foundRange(raw: RawSet, source: string): PixelRange {
  const inputs = raw.width * raw.height;
  let most = 0;
  withImages({ images: raw.images, inputs }, (read) => {
    const block = new Uint8Array(Math.min(AT_ONCE, raw.count) * inputs);
    for (let from = 0; from < raw.count && most <= 16; from += AT_ONCE) {
      const part = block.subarray(0, Math.min(AT_ONCE, raw.count - from) * inputs);
      read(part, from);
      for (let k = 0; k < part.length && most <= 16; k++) if (part[k]! > most) most = part[k]!;
    }
  });
  const range = rangeOf({ least: 0, most, whole: true });
  if (range) return range;
  if (most === 0) throw new MicronnError('DATA_SCALE', 'every pixel of every image is 0', { file: source });
  const [what, how] =
    most === 1
      ? [
          'only the numbers 0 and 1',
          '--pixel-scale 1 if 1 is full ink, or --pixel-scale 255 if it is a trace of it',
        ]
      : [
          `no number above ${most}`,
          `the largest number that they can have, as --pixel-scale ${most} or --pixel-scale 255`,
        ];
  throw new MicronnError('DATA_SCALE', `the pixels have ${what}: say what they mean with ${how}`, {
    file: source,
  });
}

interface Conversion {
  readonly range: PixelRange;
  readonly transposed: boolean;
  readonly inverted: boolean;
}

/** The images as bytes, from paper to ink; the same bytes, wherever they lie, if there is nothing to convert. */
function converted(
  raw: RawSet,
  source: string,
  { range, transposed, inverted }: Conversion,
): SampleSet['images'] {
  if (range.low === BYTES.low && range.high === BYTES.high && !transposed && !inverted) return raw.images;
  const inputs = raw.width * raw.height;
  // What lies outside the range keeps a value that no byte has.
  const table = Int16Array.from({ length: 256 }, (_, value) => {
    const byte = byteOf(value, range);
    return byte < 0 || byte > 255 ? -1 : inverted ? 255 - byte : byte;
  });
  const placeOf = transposed
    ? Uint32Array.from(
        { length: inputs },
        (_, k) => (k % raw.height) * raw.width + Math.floor(k / raw.height),
      )
    : undefined;
  const images = sharedBytes(raw.count * inputs);
  withImages({ images: raw.images, inputs }, (read) => {
    const image = new Uint8Array(inputs);
    for (let i = 0; i < raw.count; i++) {
      read(image, i);
      const target = images.subarray(i * inputs, (i + 1) * inputs);
      for (let k = 0; k < inputs; k++) {
        const value = image[placeOf ? placeOf[k]! : k]!;
        const byte = table[value]!;
        if (byte < 0) {
          throw new MicronnError(
            'DATA_SCALE',
            `image ${i + 1} has a pixel of ${value}: expected numbers of ${rangeText(range)}, as --pixel-scale says`,
            { file: source },
          );
        }
        target[k] = byte;
      }
    }
  });
  return images;
}

function ownClasses(raw: RawSet, source: string, { classNames }: MeaningOptions): Classes {
  const classes = classesOf(raw.labels?.values ?? []);
  if (!raw.labels) return classes;
  const { length } = classes.values;
  if (length < 2) {
    throw new MicronnError(
      'DATA_CLASSES',
      `every label is ${classes.values[0]}: expected at least two classes; if this is not the label’s column, name it with --label-column`,
      { file: source },
    );
  }
  if (length > MOST_CLASSES) {
    throw new MicronnError(
      'DATA_CLASSES',
      `the labels have ${length} different values: expected at most ${MOST_CLASSES} classes; if this is not the label’s column, name it with --label-column`,
      { file: source },
    );
  }
  const given = classNames && namesOf(classes.values, classNames, source);
  const names = classes.values.map((value, k) => given?.[k] ?? raw.names?.[value] ?? value);
  return { values: classes.values, names };
}

/** The name of each class, of names by label or in order; a list for all whole numbers has gaps where the labels have. */
function namesOf(values: readonly string[], { byLabel, inOrder }: LabelNames, source: string): string[] {
  const byPlace = inOrder && inOrder.length !== values.length;
  if (byPlace && !values.every((value) => /^\d+$/.test(value))) {
    throw new MicronnError(
      'DATA_CLASSES',
      `--class-names has ${inOrder.length} names, but there are ${values.length} classes`,
      { file: source },
    );
  }
  return values.map((value, k) => {
    const name = byLabel ? byLabel[value] : inOrder?.[byPlace ? Number(value) : k];
    if (name !== undefined) return name;
    throw new MicronnError('DATA_CLASSES', `--class-names has no name for the label ${value}`, {
      file: source,
    });
  });
}

/** The output of each label, in shared memory; zeros if there are none. */
function labelsOf(raw: RawSet, classes: Classes, source: string): SampleSet['labels'] {
  const { labels, count } = raw;
  const shared =
    classes.values.length > 256 ? new Uint16Array(sharedBytes(2 * count).buffer) : sharedBytes(count);
  if (!labels) return shared;
  const outputs = labels.values.map((value) => outputOf(value, classes));
  const isSame =
    shared.BYTES_PER_ELEMENT === labels.places.BYTES_PER_ELEMENT &&
    outputs.every((output, k) => output === k);
  if (isSame && labels.places.buffer instanceof SharedArrayBuffer) return labels.places;
  for (let i = 0; i < count; i++) {
    const output = outputs[labels.places[i]!]!;
    if (output < 0) {
      throw new MicronnError(
        'DATA_CLASSES',
        `label ${i + 1} is ${labels.values[labels.places[i]!]}: expected one of the ${classes.values.length} classes ${listed(classes.names)}`,
        { file: source },
      );
    }
    shared[i] = output;
  }
  return shared;
}

/** Labels of one source may be names where those of another are numbers. */
function outputOf(label: string, { values, names }: Classes): number {
  const output = values.indexOf(label);
  return output >= 0 ? output : names.indexOf(label);
}

function listed(names: readonly string[]): string {
  return names.length <= 12 ? names.join(', ') : `${names.slice(0, 10).join(', ')}, … ${names.at(-1)}`;
}
