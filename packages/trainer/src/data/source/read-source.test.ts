import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { resample } from '@micronn/core/digit';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../testing/temporary-folder.ts';
import { at, expectSet, held, imagesOf, inWords, NAMES, read, train } from '../../../test/source-files.ts';
import type { RawSet } from '../source.ts';
import { fileBytes, readAll } from './input-bytes.ts';
import { openZip } from './zip-folder.ts';

function transposed(images: Buffer): Buffer {
  return images.map((_, k) => {
    const [place, row, column] = [k % 784, Math.floor((k % 784) / 28), k % 28];
    return images[k - place + column * 28 + row]!;
  }) as Buffer;
}

/** The CSV of an archive as a file. */
async function unzippedCsv(folder: string): Promise<string> {
  const zip = await openZip({ ...fileBytes(at('zip/one-csv.zip')), file: at('zip/one-csv.zip') });
  const [csv] = (await zip.top.list()).files;
  const file = path.join(folder, 'unzipped.csv');
  await writeFile(file, await readAll(await csv!.bytes(), 1 << 20));
  zip.close();
  return file;
}

const same = (labels: string[]): string[] => labels;
describe('a real file of each form has the images and labels of the IDX files', () => {
  interface Form {
    typed: string;
    told: string[];
    labels?: (labels: string[]) => string[];
    test?: boolean;
    transposed?: boolean;
    range?: RawSet['range'];
  }
  const sign = { low: -1, high: 1 };
  const unit = { low: 0, high: 1 };
  const bytes = { low: 0, high: 255 };
  const forms: Form[] = [
    { typed: 'idx', told: ['IDX', 'MNIST’s file names'], test: true },
    { typed: 'idx/train-images-idx3-ubyte', told: ['IDX', 'MNIST’s file names'] },
    { typed: 'idx-types/float32', told: ['IDX', 'MNIST’s file names', 'gzip'], test: true, range: unit },
    { typed: 'idx-types/float64', told: ['IDX', 'MNIST’s file names', 'gzip'], test: true, range: sign },
    { typed: 'idx-types/int16', told: ['IDX', 'MNIST’s file names', 'gzip'], test: true },
    {
      typed: 'emnist/emnist-letters',
      told: ['IDX', 'EMNIST letters', 'gzip'],
      test: true,
      transposed: true,
      labels: (labels) => labels.map((label) => String(Number(label) + 1)),
    },
    {
      typed: 'emnist/emnist-digits-train-images-idx3-ubyte.gz',
      told: ['IDX', 'EMNIST digits', 'gzip'],
      transposed: true,
    },
    { typed: 'qmnist', told: ['IDX', 'QMNIST', 'gzip'], test: true },
    { typed: 'numpy/keras.npz', told: ['npz', 'x_train, y_train, x_test, y_test'], test: true },
    { typed: 'numpy/numbered.npz', told: ['npz', 'arr_0, arr_1'] },
    { typed: 'numpy/fortran-f64.npz', told: ['npz', 'train_images, train_labels'], range: unit },
    { typed: 'numpy/flat-fortran-f32.npz', told: ['npz', 'X, y'] },
    { typed: 'numpy/big-endian.npz', told: ['npz', 'images, labels'] },
    { typed: 'numpy/half.npz', told: ['npz', 'images, labels'], range: unit },
    { typed: 'numpy/channels-last.npz', told: ['npz', 'data, target'] },
    {
      typed: 'numpy/channels-first.npz',
      told: ['npz', 'data, target'],
      labels: (labels) => labels.map((label) => 'abcdefghij'[Number(label)]!),
    },
    {
      typed: 'numpy/colour-first.npz',
      told: ['npz', 'imgs, labels'],
      labels: (labels) => labels.map((label) => `d${label}`),
    },
    {
      typed: 'numpy/medmnist.npz',
      told: [
        'npz',
        'train_images, train_labels, test_images, test_labels, val_images, val_labels',
        'validation set not used',
      ],
      test: true,
    },
    {
      typed: 'numpy/kmnist',
      told: [
        'npz',
        'Kuzushiji-MNIST',
        'kmnist-train-imgs.npz, kmnist-train-labels.npz, kmnist-test-imgs.npz, kmnist-test-labels.npz',
      ],
      test: true,
    },
    { typed: 'numpy/pair', told: ['npy', 'X_train.npy, y_train.npy, X_test.npy, y_test.npy'], test: true },
    { typed: 'numpy/pair/X_train.npy', told: ['npy', 'X_train.npy, y_train.npy'] },
    { typed: 'parquet/hub', told: ['Parquet', 'image, label', '2 files'], test: true, range: bytes },
    { typed: 'parquet/gzip.parquet', told: ['Parquet', 'image, label'], range: bytes },
    { typed: 'parquet/duckdb-zstd.parquet', told: ['Parquet', 'png, class'], labels: inWords, range: bytes },
    { typed: 'zip/idx.zip', told: ['IDX in zip', 'MNIST’s file names'], test: true },
  ];

  test.each(forms)('$typed', async ({ typed, told, labels = same, test: hasTest = false, ...form }) => {
    const source = await read(at(typed));
    const turned = (images: Buffer): Buffer => (form.transposed ? transposed(images) : images);
    expectSet(source.train, { images: turned(train.images), labels: labels(train.labels) });
    expect(source.train!.told).toEqual(told);
    expect(source.train!.range).toEqual(form.range);
    expect(source.train!.isTransposed ?? false).toBe(form.transposed ?? false);
    if (hasTest) expectSet(source.test, { images: turned(held.images), labels: labels(held.labels) });
    else expect(source.test).toBeUndefined();
  });

  test('the names of classes: of the hub’s metadata, of EMNIST’s mapping, of Fashion-MNIST', async () => {
    expect((await read(at('parquet/hub'))).train!.names).toEqual(
      Object.fromEntries(NAMES.map((name, k) => [String(k), name])),
    );
    expect((await read(at('emnist/emnist-letters'))).train!.names).toMatchObject({ 1: 'A/a', 26: 'Z/z' });
    const folder = path.join(await temporaryFolder(), 'FashionMNIST', 'raw');
    await cp(at('idx'), folder, { recursive: true });
    const { train: set } = await read(path.dirname(folder));
    expect(set!.names).toMatchObject({ 0: 'T-shirt/top', 9: 'Ankle boot' });
    expect(set!.told).toEqual(['IDX', 'Fashion-MNIST']);
  });

  test('images of grey bytes stay in their uncompressed file, of IDX and of NumPy', async () => {
    for (const typed of ['idx', 'numpy/pair']) {
      expect((await read(at(typed))).train!.images).toMatchObject({ file: expect.any(String) as string });
    }
  });

  test('EMNIST’s turn and the names of Fashion-MNIST are known of CSVs; other labels are not named', async () => {
    const folder = await temporaryFolder();
    const [header, ...rows] = (await readFile(await unzippedCsv(folder), 'utf8')).trim().split('\n');
    const write = async (name: string, lines: readonly string[]): Promise<RawSet> => {
      await writeFile(path.join(folder, name), `${[header, ...lines].join('\n')}\n`);
      return (await read(path.join(folder, name))).train!;
    };
    expect((await write('fashion-mnist_train.csv', rows)).names).toMatchObject({ 9: 'Ankle boot' });
    expect(await write('emnist-digits-train.csv', rows)).toMatchObject({
      isTransposed: true,
      names: { 9: '9' },
    });
    expect((await write('emnist-letters-train.csv', rows)).names).toBeUndefined();
    expect((await write('train.csv', rows)).isTransposed).toBeUndefined();
  });

  test('are resampled to the size of the option, by the range of their own numbers', async () => {
    const size = { width: 14, height: 14 };
    const expected = Buffer.alloc(24 * 196);
    for (let k = 0; k < 24; k++) {
      expected.set(resample(train.images.subarray(k * 784, (k + 1) * 784), 28, 28, 14, 14), k * 196);
    }
    for (const typed of ['idx', 'numpy/half.npz', 'parquet/gzip.parquet']) {
      const { train: set } = await read(at(typed), { size });
      expect([set!.width, set!.height]).toEqual([14, 14]);
      expect(imagesOf(set!).equals(expected)).toBe(true);
    }
    expect((await read(at('idx'), { size })).train).toMatchObject({
      range: bytes,
      told: ['IDX', 'MNIST’s file names', '28 × 28 resampled'],
    });
    expect((await read(at('idx'), { size: { width: 28, height: 28 } })).train!.images).not.toBeInstanceOf(
      Uint8Array,
    );
  });

  test('images of false and true are black and white', async () => {
    const { train: set } = await read(at('numpy/bits.npz'));
    expect(imagesOf(set!).equals(train.images.map((pixel) => (pixel > 127 ? 255 : 0)))).toBe(true);
    expect(set!.range).toEqual(unit);
  });
});

describe('names and folders of IDX files as people have them', () => {
  async function copied(): Promise<string> {
    const folder = await temporaryFolder();
    await cp(at('idx'), folder, { recursive: true });
    return folder;
  }

  async function renamed(to: (name: string) => string): Promise<string> {
    const folder = await copied();
    for (const name of await readdir(folder)) {
      const file = path.join(folder, to(name));
      await rename(path.join(folder, name), path.join(folder, 'moved'));
      await mkdir(path.dirname(file), { recursive: true });
      await rename(path.join(folder, 'moved'), file);
    }
    return folder;
  }

  test.each<[string, (name: string) => string]>([
    ['dots', (name) => name.replace('-idx', '.idx')],
    ['upper case', (name) => name.toUpperCase()],
    ['torchvision’s folders', (name) => `MNIST/raw/${name}`],
    ['a prefix and underscores', (name) => `my_${name.replaceAll('-', '_')}`],
    ['.gz of plain bytes', (name) => `${name}.gz`],
  ])('%s', async (_, to) => {
    const source = await read(await renamed(to));
    expectSet(source.train, train);
    expectSet(source.test, held);
  });

  test('Kaggle’s archive: files in folders of their name, beside the same with dots', async () => {
    const folder = await renamed((name) => `${name}/${name}`);
    expectSet((await read(folder)).test, held);
    await cp(at('idx/train-labels-idx1-ubyte'), path.join(folder, 'train-labels.idx1-ubyte'));
    expectSet((await read(folder)).train, train);
  });

  test('gzipped without .gz, and twice', async () => {
    const folder = await copied();
    for (const name of await readdir(folder)) {
      const packed = gzipSync(await readFile(path.join(folder, name)));
      await writeFile(path.join(folder, name), name.includes('labels') ? gzipSync(packed) : packed);
    }
    const source = await read(folder);
    expectSet(source.train, train);
    expectSet(source.test, held);
  });

  test('a training set alone, and a test set alone', async () => {
    const folder = await temporaryFolder();
    for (const name of await readdir(at('idx'))) {
      await cp(at('idx', name), path.join(folder, name.startsWith('train') ? 'one' : 'other', name));
    }
    const one = await read(path.join(folder, 'one'));
    expectSet(one.train, train);
    expect(one.test).toBeUndefined();
    expectSet((await read(path.join(folder, 'other'))).train, held);
  });

  test('the path of one file means its set', async () => {
    const source = await read(at('idx/t10k-images-idx3-ubyte'));
    expectSet(source.train, held);
    expect(source.test).toBeUndefined();
    expectSet((await read(at('idx/t10k-labels-idx1-ubyte'))).train, held);
  });

  test('images without labels are of use to predict alone', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 't10k-images-idx3-ubyte');
    await cp(at('idx/t10k-images-idx3-ubyte'), file);
    const { train: set } = await read(file, { unlabelled: true });
    expect(set!.labels).toBeUndefined();
    expect(imagesOf(set!).equals(held.images)).toBe(true);
    await expect(read(folder)).rejects.toThrow(
      `${file}: images without labels: no labels belong to t10k-images-idx3-ubyte: expected t10k-labels-idx1-ubyte beside it`,
    );
  });
});

describe('tables in folders and archives', () => {
  test('archives in a folder: the only one, or those of the training and the test set', async () => {
    const folder = await temporaryFolder();
    await cp(at('zip/one-csv.zip'), path.join(folder, 'train.csv.zip'));
    expectSet((await read(folder)).train, train);
    await cp(at('zip/one-csv.zip'), path.join(folder, 'test.csv.zip'));
    const source = await read(folder);
    expectSet(source.train, train);
    expectSet(source.test, train);
    await cp(at('zip/one-csv.zip'), path.join(folder, 'training.zip'));
    await expect(read(folder)).rejects.toThrow(
      'several archives, test.csv.zip, train.csv.zip, training.zip: name one of them',
    );
  });

  test('as Kaggle’s Sign Language MNIST: a table beside pictures to look at, and once more in a folder', async () => {
    const folder = await temporaryFolder();
    const csv = await unzippedCsv(folder);
    await mkdir(path.join(folder, 'sign_mnist_train'));
    await cp(csv, path.join(folder, 'sign_mnist_train', 'sign_mnist_train.csv'));
    await rename(csv, path.join(folder, 'sign_mnist_train.csv'));
    await cp(at('small.png'), path.join(folder, 'amer_sign2.png'));
    expectSet((await read(folder)).train, train);
  });

  test('Kaggle’s Digit Recognizer, zipped: test.csv has no labels and is not used', async () => {
    const source = await read(at('zip/digit-recognizer.zip'));
    expectSet(source.train, train);
    expect(source.test).toBeUndefined();
    expect(source.train!.told).toContain('test set without labels: not used');
    expect(source.train!.told[0]).toMatch(/ in zip$/);
  });

  test('a CSV that is gzipped, or packed twice, under any name', async () => {
    const folder = await temporaryFolder();
    const csv = await readFile(await unzippedCsv(folder));
    const file = path.join(folder, 'train.data');
    for (const bytes of [gzipSync(csv), gzipSync(gzipSync(csv))]) {
      await writeFile(file, bytes);
      const { train: set } = await read(file);
      expectSet(set, train);
      expect(set!.told.at(-1)).toBe('gzip');
    }
    const plain = path.join(folder, 'PLAIN.CSV.GZ');
    await writeFile(plain, csv);
    expectSet((await read(plain)).train, train);
  });

  test('a ZIP archive with one CSV, whatever it is called', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'train.csv');
    await cp(at('zip/one-csv.zip'), file);
    const source = await read(file);
    expectSet(source.train, train);
    expect(source.test).toBeUndefined();
  });
});

describe('several data sets', () => {
  test('are named, with how to choose', async () => {
    await expect(read(at('emnist'))).rejects.toThrow(
      `${at('emnist')}: several data sets, emnist-digits, emnist-letters: name one of them, as ${at('emnist/emnist-digits')}`,
    );
    await expect(read(at('emnist/emnist-balanced'))).rejects.toThrow(
      `${at('emnist/emnist-balanced')}: not found: its folder holds emnist-digits, emnist-letters`,
    );
    const folder = await temporaryFolder();
    for (const name of ['one', 'other']) await cp(at('qmnist'), path.join(folder, name), { recursive: true });
    await expect(read(folder)).rejects.toThrow(
      `${folder}: several folders with data, one, other: name one of them`,
    );
  });
});
