import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../testing/temporary-folder.ts';
import {
  at,
  expectSet,
  imagesOf,
  inWords,
  labelsOf,
  NAMES,
  read,
  train,
} from '../../../test/source-files.ts';

describe('folders of images', () => {
  test('a folder per class, in train and test', async () => {
    const source = await read(at('pictures'));
    // The files come in the order of the classes.
    const order = train.labels
      .map((_, k) => k)
      .toSorted((a, b) => Number(train.labels[a]) - Number(train.labels[b]) || a - b);
    const pixels = Buffer.concat(order.map((k) => train.images.subarray(k * 784, (k + 1) * 784)));
    expectSet(source.train, { images: pixels, labels: order.map((k) => train.labels[k]!) });
    expect(source.train).toMatchObject({
      told: ['folder of 10 classes', 'PNG'],
      range: { low: 0, high: 255 },
    });
    expect(source.test!.count).toBe(12);
    const packed = await read(at('zip/pictures.zip'));
    expectSet(packed.train, { images: pixels, labels: order.map((k) => train.labels[k]!) });
    expect(packed.train!.told).toEqual(['folder of 10 classes in zip', 'PNG']);
    const tar = await read(at('tar/mnist_png.tar.gz'));
    expectSet(tar.train, { images: pixels, labels: order.map((k) => train.labels[k]!) });
    expect(tar.train!.told).toEqual(['folder of 10 classes in tar.gz', 'PNG']);
    expect(tar.test!.count).toBe(12);
  });

  async function flat(to: (label: string, k: number) => string): Promise<string> {
    const folder = await temporaryFolder();
    for (const [k, label] of train.labels.entries()) {
      const name = `${String(k).padStart(5, '0')}.png`;
      await cp(at('pictures/train', label, name), path.join(folder, to(label, k)));
    }
    await writeFile(path.join(folder, '.DS_Store'), '');
    await writeFile(path.join(folder, 'Thumbs.db'), '');
    return folder;
  }

  test.each<[string, (label: string, k: number) => string]>([
    ['3_00017.png', (label, k) => `${label}_${String(k).padStart(5, '0')}.png`],
    ['7-12.png', (label, k) => `${label}-${k}.png`],
    ['img_0017_3.PNG', (label, k) => `img_${String(k).padStart(4, '0')}_${label}.PNG`],
  ])('the label in the name: %s', async (_, to) => {
    const { train: set } = await read(await flat(to));
    expect(labelsOf(set!).toSorted()).toEqual(train.labels.toSorted());
    // Each image has its own label.
    const byImage = new Map(
      train.labels.map((label, k) => [train.images.toString('latin1', k * 784, (k + 1) * 784), label]),
    );
    const pixels = imagesOf(set!);
    expect(labelsOf(set!)).toEqual(
      train.labels.map((_label, k) => byImage.get(pixels.toString('latin1', k * 784, (k + 1) * 784))),
    );
    expect(set!.told).toEqual(['folder of images · label in the file name', 'PNG']);
  });

  test('names that say no label, or two, are refused', async () => {
    const none = await flat((_label, k) => `${k}.png`);
    await expect(read(none)).rejects.toMatchObject({ code: 'DATA_LABELS', place: { file: none } });
    const { train: set } = await read(none, { unlabelled: true });
    expect([set!.count, set!.labels]).toEqual([24, undefined]);
    const both = await flat((label, k) => `${label}_${k}_${k % 3}.png`);
    await expect(read(both)).rejects.toThrow(
      'both the first and the last part of names like 0_1_1.png could be the label',
    );
  });

  test('a table with file names and labels beside them, or above', async () => {
    for (const under of ['', 'images/']) {
      const folder = await flat((_label, k) => `${under}${k}.png`);
      const rows = train.labels.map((label, k) => `${k}.png,${NAMES[Number(label)]}`);
      await writeFile(path.join(folder, 'train.csv'), `filename,label\r\n${rows.join('\r\n')}\r\n`);
      const { train: set } = await read(folder);
      expectSet(set, { images: train.images, labels: inWords(train.labels) });
      expect(set!.told).toEqual(['images listed in train.csv', 'PNG']);
    }
    const folder = await flat((_label, k) => `${k}.png`);
    await writeFile(path.join(folder, 'labels.csv'), '5,0.png\n7,nine.png\n');
    await expect(read(folder)).rejects.toThrow('labels.csv, line 2: no image nine.png beside the table');
  });

  test('sizes that differ are refused, or brought to one', async () => {
    const folder = await flat((label, k) => `${label}-${k}.png`);
    const small = path.join(folder, '9-99.png');
    await cp(at('small.png'), small);
    await expect(read(folder)).rejects.toThrow(
      `${small}: the image is 8 × 8, but ${path.join(folder, '0-1.png')} is 28 × 28: bring all to one size with --size 28x28, for example`,
    );
    const { train: set } = await read(folder, { size: { width: 14, height: 14 } });
    expect([set!.width, set!.height, set!.count]).toEqual([14, 14, 25]);
  });

  test('JPEG, at its best quality, is within a level of the pixels it was made from', async () => {
    const { train: set } = await read(at('jpeg'));
    const order = train.labels.map((_, k) => k).slice(0, 8);
    order.sort((a, b) => Number(train.labels[a]) - Number(train.labels[b]) || a - b);
    expect(labelsOf(set!)).toEqual(order.map((k) => train.labels[k]));
    const pixels = imagesOf(set!);
    const errors = order.map((k, i) =>
      Math.max(
        ...Array.from({ length: 784 }, (_, p) => Math.abs(pixels[i * 784 + p]! - train.images[k * 784 + p]!)),
      ),
    );
    expect(Math.max(...errors)).toBeLessThanOrEqual(1);
    expect(set!.told).toEqual(['folder of 7 classes', 'JPEG']);
  });

  test('colours become grey by their weights, or are refused', async () => {
    const { train: set } = await read(at('colour'));
    const red = train.images.subarray(0, 784).map((level) => Math.floor((299 * level + 500) / 1000));
    const first = labelsOf(set!).indexOf('1');
    expect(
      imagesOf(set!)
        .subarray(first * 784, (first + 1) * 784)
        .equals(red),
    ).toBe(true);
    await expect(read(at('colour'), { colours: 'refuse' })).rejects.toThrow(
      `${at('colour/0-1.png')}: expected a grey image, got one in colour`,
    );
    await expect(read(at('numpy/colour-first.npz'), { colours: 'refuse' })).rejects.toThrow(
      'expected grey images, got 24 × 3 × 28 × 28 in red, green and blue',
    );
    expect((await read(at('pictures'), { colours: 'refuse' })).train!.count).toBe(24);
  });

  test('a damaged image is named', async () => {
    const folder = await flat((label, k) => `${label}-${k}.png`);
    await writeFile(path.join(folder, '9-99.png'), (await readFile(at('small.png'))).subarray(0, 60));
    await expect(read(folder)).rejects.toMatchObject({
      code: 'IMAGE_DAMAGED',
      place: { file: path.join(folder, '9-99.png') },
    });
  });
});
