import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readMnist, writeIdxFolder, writeKaggleCsv } from '@micronn/fixtures/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readImages, readLine } from './data-set.ts';

const train = readMnist('train', 0, 3);
const scaled = (pixels: Uint8Array) => Float64Array.from(pixels, (pixel) => pixel / 255);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-data-set-'));
  await writeIdxFolder(folder, { train });
  await writeKaggleCsv(path.join(folder, 'train.csv'), train);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the example reads an IDX file of images, and rejects one of labels', async () => {
  const images = readImages(await readFile(path.join(folder, 'train-images-idx3-ubyte')));
  expect(images.count).toBe(3);
  expect(images.x).toEqual(scaled(train.images));
  const labels = await readFile(path.join(folder, 'train-labels-idx1-ubyte'));
  expect(() => readImages(new Uint8Array([...labels, ...new Uint8Array(16)]))).toThrow(
    'not an IDX file of images',
  );
});

test('the example reads a line of Kaggle’s CSV', async () => {
  const [, first] = (await readFile(path.join(folder, 'train.csv'), 'utf8')).split('\n');
  expect(readLine(first!)).toEqual({ label: train.labels[0], x: scaled(train.images.subarray(0, 784)) });
});
