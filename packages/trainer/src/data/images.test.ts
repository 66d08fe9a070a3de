import { rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { loadOptions } from '../../test/load-options.ts';
import { loadDataset } from './dataset.ts';
import { fingerprint } from './fingerprint.ts';
import { inMemory, readImage } from './images.ts';

const digits = readMnist('train', 0, 700);
let folder = '';
let file = '';
beforeEach(async () => {
  folder = await temporaryFolder();
  await writeIdxFolder(folder, { train: digits, test: digits });
  file = path.join(folder, 'train-images-idx3-ubyte');
});

test('images in their file are the same as in memory, and so is their fingerprint', async () => {
  const { train: set } = await loadDataset(folder, undefined, {}, loadOptions({ warn: () => {} }));
  expect(set.images).not.toBeInstanceOf(Uint8Array);
  const samples = inMemory(set);
  expect(Buffer.compare(samples.images, digits.images)).toBe(0);
  expect(readImage(set, 699)).toEqual(digits.images.slice(699 * 784));
  expect(fingerprint(set)).toBe(fingerprint(samples));
});

describe('a file that is not the same any more is refused', () => {
  test.each<[string, () => Promise<void>]>([
    ['cut off', () => truncate(file, 5000)],
    ['written', () => writeFile(file, Buffer.alloc(16 + 700 * 784))],
    ['touched', () => utimes(file, 1, 1)],
    [
      'replaced',
      async () => {
        await writeFile(`${file}-new`, '');
        await rename(`${file}-new`, file);
      },
    ],
  ])('%s', async (_, change) => {
    const { train: set } = await loadDataset(folder, undefined, {}, loadOptions({ warn: () => {} }));
    await change();
    expect(() => fingerprint(set)).toThrow(`${file}: the file changed while it was in use`);
  });

  test('removed', async () => {
    const { train: set } = await loadDataset(folder, undefined, {}, loadOptions({ warn: () => {} }));
    await rm(file);
    expect(() => fingerprint(set)).toThrow(`${file}: file or folder not found`);
  });
});
