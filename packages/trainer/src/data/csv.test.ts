import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { KAGGLE_HEADER } from '@micronn/fixtures/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from './csv.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const rows = [7, 0, 9].map((label, i) => [
  label,
  ...Array.from({ length: 784 }, (_, k) => (k * (i + 3)) % 256),
]);
const lines = rows.map((row) => row.join(','));
const plain = `${KAGGLE_HEADER}\n${lines.join('\n')}\n`;

async function read(text: string | Uint8Array, { name = 'digits.csv', threads = 1, rangeBytes = 1 } = {}) {
  const file = path.join(folder, name);
  await writeFile(file, text);
  const { count, inputs, images, labels } = await readCsv(file, { threads, rangeBytes, signal: never });
  return { count, inputs, images: [...images], labels: [...labels] };
}

const expected = { count: 3, inputs: 784, labels: [7, 0, 9], images: rows.flatMap((row) => row.slice(1)) };

describe('what is right in a CSV is read', () => {
  test.each([
    ['as Kaggle writes it', plain],
    ['without a header', `${lines.join('\n')}\n`],
    [
      'with the header of another of Kaggle’s sets',
      plain.replace(
        KAGGLE_HEADER,
        ['label', ...Array.from({ length: 784 }, (_, k) => `pixel${k}`)].join(','),
      ),
    ],
    ['with a byte-order mark', `\uFEFF${plain}`],
    ['with a byte-order mark and no header', `\uFEFF${lines.join('\n')}\n`],
    ['with carriage returns', plain.replaceAll('\n', '\r\n')],
    ['without an end of the last line', plain.trimEnd()],
    ['with blank lines', `\n${plain.replaceAll('\n', '\n\n')}\n\n`],
    ['with every field in quotes', plain.replaceAll(/[^,\n]+/g, '"$&"')],
    ['with leading zeros', plain.replaceAll(/\b(\d)(?=,)/g, '00$1')],
  ])('%s', async (_name, text) => {
    expect(await read(text)).toEqual(expected);
  });

  test('gzipped, in several parts too', async () => {
    expect(await read(gzipSync(plain), { name: 'digits.csv.gz' })).toEqual(expected);
    const parts = Buffer.concat([gzipSync(plain.slice(0, 5000)), gzipSync(plain.slice(5000))]);
    expect(await read(parts, { name: 'digits.csv.gz' })).toEqual(expected);
  });

  test('more rows than fit into one block', async () => {
    const { count, labels } = await read(Array.from({ length: 9000 }, (_, i) => lines[i % 3]).join('\n'));
    expect(count).toBe(9000);
    expect(labels).toEqual(Array.from({ length: 9000 }, (_, i) => rows[i % 3]![0]));
  });
});

test('any bytes written as CSV are read back exactly', async () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.uint8Array({ minLength: 784, maxLength: 784 }));
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (written) => {
      const { labels, images } = await read(
        written.map(([label, pixels]) => `${label},${pixels.join(',')}\n`).join(''),
      );
      expect(labels).toEqual(written.map(([label]) => label));
      expect(images).toEqual(written.flatMap(([, pixels]) => [...pixels]));
    }),
    { numRuns: 30 },
  );
});

test('a field that is no whole number from 0 to 255 is refused where it stands, whatever it is', async () => {
  const notAByte = fc
    .string({ maxLength: 6 })
    .filter((text) => !/^\d{1,3}$/.test(text) && !/[",\r\n]/.test(text));
  await fc.assert(
    fc.asyncProperty(notAByte, fc.integer({ min: 2, max: 785 }), async (text, column) => {
      const fields = lines[1]!.split(',');
      fields[column - 1] = text;
      await expect(read([lines[0], fields.join(','), lines[2]].join('\n'))).rejects.toMatchObject({
        code: 'CSV_PIXEL',
        place: { line: 2, column },
      });
    }),
    { numRuns: 50 },
  );
});

test('reading stops when it is told to', async () => {
  const file = path.join(folder, 'stopped.csv');
  await writeFile(file, plain);
  const stop = new AbortController();
  stop.abort();
  await expect(readCsv(file, { threads: 1, signal: stop.signal })).rejects.toThrow(
    `${file}: interrupted while it was read`,
  );
});
