import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { OwnData, OwnOptions } from './own-data.ts';
import { readOwnData } from './read-own-data.ts';

const fixtures = path.join(import.meta.dirname, '../../../../fixtures');

/** Reads files of the fixtures, as the page would. */
function read(names: readonly string[], options: OwnOptions = {}): Promise<OwnData> {
  const files = names.map((name) => ({
    path: path.basename(name),
    blob: new Blob([readFileSync(path.join(fixtures, name))]),
  }));
  return readOwnData(files, options);
}

const idx = (set: string) => [`sources/idx/${set}-images-idx3-ubyte`, `sources/idx/${set}-labels-idx1-ubyte`];

/** Labels as the data has them. */
const labelsOf = ({ classes, train }: OwnData) =>
  Array.from(train.labels, (output) => classes.values[output]);

test('reads a training and a test set of IDX, alone and in a zip', async () => {
  const data = await read([...idx('train'), ...idx('t10k')]);
  expect(data.line).toMatch(/^IDX · .* · 784 pixels 0–255 · 10 classes$/);
  expect(data.test!.images.length).toBe(784 * data.test!.labels.length);
  const bytes = readFileSync(path.join(fixtures, idx('train')[0]!));
  expect(Buffer.from(data.train.images)).toEqual(bytes.subarray(16));
  const zipped = await read(['sources/zip/idx.zip']);
  expect(zipped.train).toEqual(data.train);
  expect(zipped.line).toMatch(/^zip · IDX/);
});

test.each([
  'keras.npz',
  'flat-fortran-f32.npz',
  'fortran-f64.npz',
  'big-endian.npz',
  'channels-last.npz',
  'numbered.npz',
])('reads %s to the bytes of the IDX files', async (name) => {
  const [data, expected] = await Promise.all([read([`sources/numpy/${name}`]), read(idx('train'))]);
  const { length } = data.train.images;
  expect(length).toBeGreaterThan(0);
  expect(data.line).toMatch(/^NumPy · .*pixels .* · 10 classes$/);
  expect(Buffer.from(data.train.images)).toEqual(Buffer.from(expected.train.images.subarray(0, length)));
  expect(labelsOf(data)).toEqual(labelsOf(expected).slice(0, data.train.labels.length));
});

test('turns the images of EMNIST upright and names its letters', async () => {
  const letters = 'sources/emnist/emnist-letters-train';
  const data = await read([`${letters}-images-idx3-ubyte.gz`, `${letters}-labels-idx1-ubyte.gz`]);
  expect(data.line).toMatch(/^gzip · IDX · EMNIST letters · .* · turned upright · \d+ classes$/);
  expect(data.classes.names[0]).toMatch(/^[A-Z]$/);
});

test.each([
  'bom.csv',
  'comma-space.csv',
  'cr.csv',
  'crlf-over-lf.csv',
  'comments.csv',
  'decimal-comma.csv',
  'dense.arff',
  'digits.libsvm',
])('reads the table %s', async (name) => {
  const data = await read([`tables/${name}`]);
  expect(data.line).toMatch(/ · \d+ classes$/);
  expect(data.train.images.length).toBe(data.train.labels.length * data.width * data.height);
});

test.each<[string, readonly string[], string]>([
  [
    'an array of images alone',
    idx('train').slice(0, 1),
    'expected an array of images and one of their labels, got train-images-idx3-ubyte: choose both files',
  ],
  ['Python objects', ['sources/numpy/objects.npz'], 'an array of Python objects'],
  [
    'Parquet',
    ['sources/parquet/gzip.parquet'],
    'gzip.parquet is a Parquet file: expected CSV, IDX, .npz, a folder of PNG or JPEG files, or a zip of these',
  ],
  ['NaN', ['sources/numpy/nan.npz'], 'expected finite numbers for pixels, got NaN'],
  ['nothing', [], 'expected files with images and labels, got none'],
])('refuses %s', async (_, names, message) => {
  await expect(read(names)).rejects.toThrow(message);
});

test('asks what bits mean, and takes the answer', async () => {
  await expect(read(['sources/numpy/bits.npz'])).rejects.toThrow('“Full ink”');
  const data = await read(['sources/numpy/bits.npz'], { white: 1 });
  expect([...new Set(data.train.images)].toSorted((a, b) => a - b)).toEqual([0, 255]);
});
