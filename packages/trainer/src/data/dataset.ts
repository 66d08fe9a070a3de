import { createRandomStream, shuffle } from '@micronn/core';
import { MicronnError } from '../errors.ts';
import { DATA_FORM, type DataForm, differenceOf, formOf, readForm, warnOfDifference } from './data-form.ts';
import { DIGIT_CLASSES, DIGIT_PIXELS, MNIST } from './mnist.ts';
import { MNIST_FORM } from './mnist-form.ts';
import { allPlaces, type SampleSet } from './samples.ts';
import { readSource } from './source/read-source.ts';
import type { ImageSize, LoadOptions, RawSet, ReadingOptions } from './source.ts';
import { type MeaningOptions, type UnderstoodSet, understand } from './understand.ts';

/** A training set and, where there is one, a test set. */
export interface Dataset {
  readonly train: SampleSet;
  readonly test?: SampleSet;
  /** What the model keeps of the training set. */
  readonly form: DataForm;
  /** What was understood of each source: `Kaggle CSV · header · label in column 1 · 784 pixels 0–255 · 10 classes`. */
  readonly lines: { readonly train: string; readonly test?: string };
}

/** How the options of the command line say to read and understand data. */
export type DataOptions = Omit<ReadingOptions, 'unlabelled'> & MeaningOptions;

/**
 * Loads the training set and, where there is one, the test set.
 *
 * @param data `mnist`, or anything that `readSource` reads
 * @param testData the test set, in place of the source's own; in the same forms as `data`
 * @param known the form of the run that is resumed
 * @throws MicronnError with exit code 3 when the data cannot be read, or the sets do not fit together
 */
export async function loadDataset(
  data: string,
  testData: string | undefined,
  options: DataOptions,
  load: LoadOptions,
  known?: DataForm,
): Promise<Dataset> {
  const source = await readSource(data, options, load);
  const raw = source.train;
  if (!raw) throw noTrainingSet(data);
  const train = understand(raw, data, options, known?.classes);
  const form = known ?? (isPlainMnist(data, options) ? mnistForm() : formOf(train, load.warn));
  const tested = testData === undefined ? source.test : await testSetOf(testData, options, load);
  if (!tested) return { train: train.samples, form, lines: { train: train.line } };
  const test = understood(tested, testData ?? data, options, form, load);
  return { train: train.samples, test: test.samples, form, lines: { train: train.line, test: test.line } };
}

/** Whether the training set is MNIST's, and no option changes its images or its classes. */
function isPlainMnist(data: string, options: DataOptions): boolean {
  return data === MNIST && Object.keys(options).length === 0;
}

function mnistForm(): DataForm {
  return readForm({ [DATA_FORM]: MNIST_FORM }, [DIGIT_PIXELS, DIGIT_CLASSES])!;
}

/**
 * Loads labelled images to evaluate a model on: the test set of a source that has one, or else its only set.
 *
 * @throws MicronnError with exit code 3 when it cannot be read, or has labels that are no class of the model
 */
export async function loadEvaluationSet(
  data: string,
  options: DataOptions,
  load: LoadOptions,
  form: DataForm,
): Promise<UnderstoodSet> {
  return understood(await testSetOf(data, options, load), data, options, form, load);
}

async function testSetOf(data: string, options: DataOptions, load: LoadOptions): Promise<RawSet> {
  const { train, test } = await readSource(data, options, load);
  const raw = test ?? train;
  if (!raw) throw noTrainingSet(data);
  return raw;
}

/**
 * Understands a set as one of the kind that a model has learned: its classes are the model's, and if black and white, or
 * rows and columns, had to be exchanged for the model, then so they are where the images look like it.
 */
export function understood(
  raw: RawSet,
  source: string,
  options: DataOptions,
  form: DataForm,
  load: Pick<LoadOptions, 'warn'>,
): UnderstoodSet {
  const set = understand(raw, source, options, form.classes);
  if (!isSameSize(set, form)) throw otherSize(set, form, source);
  const difference = differenceOf(set.samples, form);
  if (difference?.kind === 'inverted' && form.inverted && options.invert === undefined)
    return understood(raw, source, { ...options, invert: true }, form, load);
  const isTransposed = difference?.kind === 'orientation' && difference.orientation === 'transposed';
  if (isTransposed && form.transposed && options.transpose === undefined)
    return understood(raw, source, { ...options, transpose: true }, form, load);
  warnOfDifference(difference, set.samples.count, load.warn);
  return set;
}

function isSameSize(one: ImageSize, other: ImageSize): boolean {
  return one.width === other.width && one.height === other.height;
}

/** One network reads images of one size. */
function otherSize(set: ImageSize, form: ImageSize, file: string): MicronnError {
  const size = `${form.width}x${form.height}`;
  return new MicronnError(
    'DATA_SIZES',
    `expected images of ${form.width} × ${form.height} pixels, as the network has learned, got ${set.width} × ${set.height}: --size ${size} resamples them`,
    { file },
  );
}

function noTrainingSet(file: string): MicronnError {
  return new MicronnError('DATA_NOT_FOUND', 'there are no labelled images in it', { file });
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
