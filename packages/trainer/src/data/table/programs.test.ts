import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fixturePath } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { never, read, sourceOf, workersHere } from './read-here.ts';
import { streamTable } from './stream-table.ts';

describe('tables that pandas, NumPy, scikit-learn and others have written', () => {
  const tables = fixturePath('tables');
  const { labels, pixels } = JSON.parse(readFileSync(path.join(tables, 'digits.json'), 'utf8')) as {
    labels: number[];
    pixels: string;
  };
  const digits = labels.map(String);
  const words = labels.map((label) => 'zero one two three four five six seven eight nine'.split(' ')[label]!);
  const unit = { low: 0, high: 1 };

  const same: [string, string, object?][] = [
    ['kaggle.csv', 'Kaggle CSV · header · label in column 1'],
    ['header-class.csv', 'Kaggle CSV · header · label in column 1'],
    ['header-target.csv', 'Kaggle CSV · header · label in column 1'],
    ['header-y.csv', 'Kaggle CSV · header · label in column 1'],
    ['header-digit.csv', 'Kaggle CSV · header · label in column 1'],
    ['header-LABEL.csv', 'Kaggle CSV · header · label in column 1'],
    ['header-5.csv', 'Kaggle CSV · header · label in column 1'],
    ['header-numbers.csv', 'Kaggle CSV · header · label in column 1'],
    ['headerless.csv', 'CSV · no header · label in column 1'],
    ['label-last.csv', 'CSV · header · label in column 65'],
    ['label-last-headerless.csv', 'CSV · no header · label in column 65'],
    ['label-middle.csv', 'CSV · header · label in column 21'],
    ['index.csv', 'CSV · header · label in column 2 · index column 1 ignored'],
    ['index-id.csv', 'CSV · header · label in column 2 · index column 1 ignored'],
    ['index-headerless.csv', 'CSV · no header · label in column 2 · index column 1 ignored'],
    ['index-label-last.csv', 'CSV · header · label in column 66 · index column 1 ignored'],
    ['semicolon.csv', 'semicolon-separated CSV · header · label in column 1'],
    ['decimal-comma.csv', 'semicolon-separated CSV · header · label in column 1', { range: unit }],
    ['sep.csv', 'semicolon-separated CSV · header · label in column 1'],
    ['tab.tsv', 'TSV · header · label in column 1'],
    ['last.txt', 'TSV · no header · label in column 65'],
    ['crlf.csv', 'Kaggle CSV · header · label in column 1'],
    ['cr.csv', 'Kaggle CSV · header · label in column 1'],
    ['lf-over-crlf.csv', 'Kaggle CSV · header · label in column 1'],
    ['crlf-over-lf.csv', 'Kaggle CSV · header · label in column 1'],
    ['bom.csv', 'Kaggle CSV · header · label in column 1'],
    ['utf-16.csv', 'Kaggle CSV · header · label in column 1'],
    ['comments.csv', 'Kaggle CSV · header · label in column 1'],
    ['trailing-comma.csv', 'CSV · header · label in column 1'],
    ['comma-space.csv', 'Kaggle CSV · header · label in column 1'],
    ['quoted.csv', 'Kaggle CSV · header · label in column 1'],
    ['quoted-words.csv', 'Kaggle CSV · header · label in column 1', { labels: words }],
    ['words.csv', 'Kaggle CSV · header · label in column 1', { labels: words }],
    ['words-last-headerless.csv', 'CSV · no header · label in column 65', { labels: words }],
    ['label-floats.csv', 'Kaggle CSV · header · label in column 1'],
    [
      'labels-0-as-10.csv',
      'CSV · no header · label in column 1',
      { labels: digits.map((label) => (label === '0' ? '10' : label)) },
    ],
    ['floats.csv', 'Kaggle CSV · header · label in column 1'],
    ['float01.csv', 'Kaggle CSV · header · label in column 1', { range: unit }],
    ['minus1to1.csv', 'Kaggle CSV · header · label in column 1', { range: { low: -1, high: 1 } }],
    ['bits16.csv', 'Kaggle CSV · header · label in column 1', { range: { low: 0, high: 65_535 } }],
    ['one-hot.csv', 'CSV · no header · one-hot label in columns 1 to 10'],
    ['one-hot-header.csv', 'CSV · header · one-hot label in columns 1 to 10'],
    ['sorted-names.csv', 'Kaggle CSV · header · label in column 1'],
    ['named-8x8.csv', 'Kaggle CSV · header · label in column 1'],
    ['named-16x4.csv', 'Kaggle CSV · header · label in column 1', { size: '40 × 16 × 4' }],
    ['r.txt', 'space-separated table · header · label in column 2 · index column 1 ignored'],
    ['savetxt.txt', 'space-separated table · no header · label in column 1'],
    ['savetxt-header.csv', 'Kaggle CSV · header · label in column 1'],
    ['padded.txt', 'space-separated table · no header · label in column 1'],
    ['digits.libsvm', 'libsvm · features up to index 64'],
    ['scaled.libsvm', 'libsvm · features up to index 64', { range: unit }],
    ['dense.arff', 'ARFF · mnist_64 · class in column 65'],
    ['quoted.arff', 'ARFF · mnist_64 · class in column 65'],
    ['sparse.arff', 'ARFF · mnist_64 · class in column 65'],
  ];
  test.each(same)('%s: %s, and the digits to the byte', async (name, told, other = {}) => {
    const expected = { told, size: '40 × 8 × 8', labels: digits, images: pixels, ...other };
    const file = path.join(tables, name);
    expect(await read(file)).toEqual(expected);
    expect(await read(file, { streamed: true })).toEqual(expected);
    expect(await read(file, { workers: workersHere(1), rangeBytes: 1 << 21 })).toEqual(expected);
  });

  const noSize =
    'neither 60 nor 59 pixels are a square image from 4 × 4 to 64 × 64; say the size with --size, as --size 32x24, and if each column is an image, transpose the table first';
  const unlabelled = 'micronn predict reads images without labels';
  const refused: [string, string, string, object?][] = [
    [
      'kaggle-test.csv',
      'TABLE_FORM',
      `64 pixels and no label: expected a column of labels, called label; ${unlabelled}`,
    ],
    [
      'test-index.csv',
      'TABLE_FORM',
      `64 pixels and no label, and column 1 counts the rows: expected a column of labels, called label; ${unlabelled}`,
    ],
    [
      'test-counted.csv',
      'TABLE_FORM',
      'column 1 counts up row by row, as an index does: say --label-column 1 if it is the label all the same, or --label-column none',
    ],
    [
      'header-mangled.csv',
      'TABLE_FORM',
      'the first line is a row that pandas has taken for a header, and changed where a number occurs twice: write the table again after pandas.read_csv(…, header=None)',
      { line: 1 },
    ],
    [
      'label-twice.csv',
      'TABLE_FORM',
      'the names "label" (column 1) and "class" (column 2) are both names of labels: say which is the label with --label-column',
    ],
    [
      'one-class.csv',
      'TABLE_FORM',
      'the values leave open whether column 1 or column 65 is the label: say where the label is with --label-column 1 or --label-column last',
    ],
    [
      'extra-column.csv',
      'TABLE_FORM',
      'column 2 is called "source": expected a label and pixels; leave the column out, or name the label’s column with --label-column',
    ],
    ['no-size.csv', 'TABLE_FORM', `rows of 61 fields: ${noSize}`],
    [
      'columns-as-samples.csv',
      'TABLE_FORM',
      `rows of 40 fields: ${noSize.replace('60 nor 59', '40 nor 39')}`,
    ],
    [
      'missing.csv',
      'CSV_PIXEL',
      'invalid pixel "": expected a whole number from 0 to 255',
      { line: 9, column: 31 },
    ],
    [
      'nan.csv',
      'CSV_PIXEL',
      'invalid pixel "NaN": expected a whole number from 0 to 255',
      { line: 9, column: 31 },
    ],
    [
      'twice.csv',
      'CSV_LABEL',
      'invalid label "label": expected a whole number; the header is here a second time: delete this line',
      { line: 42, column: 1 },
    ],
    ['page.csv', 'DATA_KIND', 'this is a web page (HTML or XML), not the data that it may link to'],
    ['pointer.csv', 'DATA_KIND', 'this is a pointer of Git LFS, not the file: fetch it with git lfs pull'],
    ['answer.csv', 'DATA_KIND', 'this is JSON, as servers send in place of a file that they do not have'],
  ];
  test.each(refused)('%s: %s, %s', async (name, code, sentence, place = {}) => {
    for (const streamed of [false, true]) {
      const reading = read(path.join(tables, name), { streamed });
      await expect(reading).rejects.toMatchObject({
        code,
        sentence,
        place: { file: name, ...place },
        exitCode: 3,
      });
    }
  });

  test.each([
    ['kaggle-test.csv', { unlabelled: true }, 'Kaggle CSV · header'],
    ['kaggle.csv', { labelColumn: 'none', size: { width: 13, height: 5 } }, undefined],
    ['test-index.csv', { unlabelled: true }, 'CSV · header · index column 1 ignored'],
    ['label-last-headerless.csv', { labelColumn: 'last' }, 'CSV · no header · label in column 65'],
    ['label-last-headerless.csv', { labelColumn: '65' }, 'CSV · no header · label in column 65'],
    ['label-last.csv', { labelColumn: 'Class' }, 'CSV · header · label in column 65'],
    ['test-counted.csv', { labelColumn: '1' }, 'CSV · no header · label in column 1'],
    ['no-size.csv', { size: { width: 6, height: 10 } }, 'Kaggle CSV · header · label in column 1'],
  ])('%s, with the options %j', async (name, options, told = 'Kaggle CSV · header') => {
    expect((await read(path.join(tables, name), options)).told).toBe(told);
  });

  test('an option that names no column is refused', async () => {
    await expect(read(path.join(tables, 'kaggle.csv'), { labelColumn: 'clas' })).rejects.toThrow(
      '--label-column clas: expected a name of the header, a number from 1 to 65, last or none',
    );
  });

  test('as a stream of blocks, the bytes and the range are those of the whole', async () => {
    for (const [name] of same) {
      const blocks: Uint8Array[] = [];
      for await (const { images, range } of streamTable(
        sourceOf(path.join(tables, name), false),
        {},
        { signal: never },
      )) {
        blocks.push(Uint8Array.from(images as Uint8Array));
        expect(range).toBeDefined();
      }
      expect(Buffer.concat(blocks).toString('base64')).toBe(pixels);
    }
  });
});
