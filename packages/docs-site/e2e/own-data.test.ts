import path from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { expect, test } from 'vitest';
import { packageFolder } from './build-site.ts';
import { useDemoPage } from './demo-page.ts';

const sources = path.join(packageFolder, '../fixtures/sources');
const from = (...names: readonly string[]) => names.map((name) => path.join(sources, name));

const { demo, page, result } = useDemoPage('tutorial/train-it/', 'Train on MNIST, here');
const button = (name: string) => demo().getByRole('button', { name, exact: true });
const until = (text: RegExp) => demo().locator('[data-result]').filter({ hasText: text }).waitFor();
const understood = () => demo().locator('[data-understood]').textContent();
const open = () => demo().getByText('Your own data', { exact: true }).click();
const choose = (files: readonly string[]) => demo().getByLabel('Files', { exact: true }).setInputFiles(files);

test.each([
  ['an .npz file', from('numpy/keras.npz'), /^NumPy · .*784 pixels 0–255 · 10 classes/],
  [
    'a CSV table',
    from('../tables/bom.csv'),
    /^Kaggle CSV · header · label in column 1 · 8 × 8 pixels 0–255 · 10 classes/,
  ],
  [
    'a gzipped pair of IDX files',
    from(
      'emnist/emnist-letters-train-images-idx3-ubyte.gz',
      'emnist/emnist-letters-train-labels-idx1-ubyte.gz',
    ),
    /^gzip · IDX · EMNIST letters · .* · turned upright · \d+ classes/,
  ],
  ['a zip of folders', from('zip/pictures.zip'), /^zip · images · .*784 pixels 0–255 · 10 classes/],
])('reads %s and trains on it', async (_, files, line) => {
  await open();
  await choose(files);
  await until(/^Your data is loaded\. Nothing is trained yet\.$/);
  expect(await understood()).toMatch(line);
  expect(await demo().locator('[data-understood] li').count()).toBeGreaterThan(2);
  await button('One step').click();
  await until(/^After (?:1 epoch, )?1 step: .* test accuracy/);
  await demo().locator('code[data-hash]').waitFor();
});

test('reads a folder with a folder for each class, as the trainer does with its test set beside it', async () => {
  await open();
  await demo().getByLabel('Folder', { exact: true }).setInputFiles(from('pictures')[0]!);
  await until(/^Your data is loaded/);
  expect(await understood()).toMatch(/^images · a folder for each class · 784 pixels 0–255 · 10 classes/);
  expect(await understood()).toContain('test images');
});

test('says in one sentence what is wrong with a file, and goes on with MNIST', async () => {
  await open();
  await choose(from('parquet/gzip.parquet'));
  await until(
    /^Failed: gzip\.parquet is a Parquet file: expected CSV, IDX, \.npz, a folder of PNG or JPEG files, or a zip of these\.$/,
  );
  await demo()
    .getByRole('button', { name: /^Load 10,000/ })
    .click();
  await until(/^The digits are loaded/);
  await choose(from('numpy/keras.npz'));
  await until(/^Your data is loaded/);
  // A file that cannot be read leaves the data that is there.
  await choose(from('numpy/objects.npz'));
  await until(/^Failed: .*Python objects/);
  expect(await understood()).toMatch(/^NumPy/);
  await button('Back to MNIST').click();
  await until(/^The digits are loaded/);
});

test('is opened and answered by keyboard, and axe finds nothing serious', async () => {
  const { keyboard } = page();
  await demo().locator('summary').focus();
  await keyboard.press('Enter');
  await choose(from('numpy/bits.npz'));
  await until(/^Failed: .*“Full ink”/);
  await demo().getByLabel('Full ink').selectOption('1');
  await choose(from('numpy/bits.npz'));
  await until(/^Your data is loaded/);
  await button('One step').focus();
  await keyboard.press('Enter');
  await until(/^After (?:1 epoch, )?1 step/);
  expect(await result()).toContain('test accuracy');
  await page().evaluate(axe.source);
  const { violations } = await page().evaluate<AxeResults>('axe.run()');
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
});
