import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KAGGLE_HEADER } from '@micronn/fixtures/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surveyCsv } from './csv-survey.ts';
import { withFile } from './read-chunks.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-survey-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function survey(text: string | Uint8Array, rangeBytes = 1) {
  const file = path.join(folder, 'digits.csv');
  await writeFile(file, text);
  return withFile(file, (handle) => surveyCsv(handle, rangeBytes, new AbortController().signal));
}

const row = `7${',0'.repeat(784)}`;

describe('surveyCsv', () => {
  test('cuts at line ends, counts lines from 1 and rows without header and blank lines', async () => {
    const text = `${KAGGLE_HEADER}\n\n${row}\n\n${row}`;
    const head = KAGGLE_HEADER.length + 1;
    const line = row.length + 1;
    expect(await survey(text)).toEqual({
      rows: 2,
      ranges: [
        { start: 0, end: head, firstLine: 1, holdsFirstRow: true, firstRow: 0, rows: 0 },
        { start: head, end: head + 1, firstLine: 2, holdsFirstRow: false, firstRow: 0, rows: 0 },
        { start: head + 1, end: head + 1 + line, firstLine: 3, holdsFirstRow: false, firstRow: 0, rows: 1 },
        {
          start: head + 1 + line,
          end: head + 2 + line,
          firstLine: 4,
          holdsFirstRow: false,
          firstRow: 1,
          rows: 0,
        },
        {
          start: head + 2 + line,
          end: text.length,
          firstLine: 5,
          holdsFirstRow: false,
          firstRow: 1,
          rows: 1,
        },
      ],
    });
  });

  test('works across the boundaries of chunks', async () => {
    const text = `${row}\r\n`.repeat(3000);
    const { rows, ranges } = (await survey(text, 1 << 20))!;
    expect(rows).toBe(3000);
    expect(ranges.map(({ end }) => end % (row.length + 2))).toEqual(ranges.map(() => 0));
    expect(ranges.reduce((sum, range) => sum + range.rows, 0)).toBe(3000);
    expect(ranges).toHaveLength(5);
  });

  test.each([
    ['a quote', `${row}\n"7"${row.slice(1)}\n`],
    ['a carriage return inside a line', `${row}\n${row}\r,\n`],
    ['a line end of another kind, later', `${row}\r\n${row}\n`],
    ['a line end of another kind, sooner', `${row}\n${row}\r\n`],
    ['as many line ends of another kind as stray ones', `${row}\r\n${row}\n${row}\r,\r\n`],
    ['carriage returns alone', `${row}\r${row}\r`],
    ['UTF-16', Buffer.from(`\uFEFF${row}\n`, 'utf16le')],
    ['lines too short for so many rows', '7\n'.repeat(10_000)],
  ])('leaves to one stream what has %s', async (_what, text) => {
    expect(await survey(text)).toBeUndefined();
  });
});
