import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fixturePath, KAGGLE_HEADER, malformedInputs } from '@micronn/fixtures/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MicronnError } from '../../errors.ts';
import { createWorkerPool } from '../../training/pool.ts';
import { never, type Reading, read, shown, sourceOf, workersHere } from './read-here.ts';
import { streamTable } from './stream-table.ts';
import { readRange } from './table-worker.ts';
import type { TableWorkers } from './table-workers.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What was read, or the error. */
function outcome<Result>(reading: Promise<Result>) {
  return reading.catch((error: unknown) => {
    if (!(error instanceof MicronnError)) throw error;
    return { code: error.code, message: error.message, place: error.place };
  });
}

const rows = [7, 0, 9].map((label, i) =>
  [label, ...Array.from({ length: 784 }, (_, k) => (k % 783 === 0 ? 0 : (k * (i + 3)) % 256))].join(','),
);

/** Valid and invalid lines of a file. */
const anyLine = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...rows) },
  { weight: 3, arbitrary: fc.constant('') },
  fc.constantFrom(
    KAGGLE_HEADER,
    `${rows[0]},1`,
    rows[1]!.slice(0, -5),
    rows[1]!.replace(/^\d/, '10'),
    rows[2]!.replace(/\d+$/, '256'),
    rows[2]!.replace(/\d+$/, '"12"'),
    rows[1]!.replace(/\d+$/, ' 12.0 '),
    rows[0]!.replace(/^\d/, '"7\r\n"'),
    ' ',
    `\uFEFF${rows[0]}`,
    `${rows[0]}é`,
    '1'.repeat(70_000),
    rows[0]!.replace(/\d+$/, '1"2'),
    `${rows[0]}\r`,
  ),
);
const anyFile = fc
  .record({
    mark: fc.boolean(),
    header: fc.boolean(),
    lines: fc.array(fc.tuple(anyLine, fc.constantFrom(0, 0, 0, 0, 1)), { maxLength: 12 }),
    lineEnds: fc.constantFrom(['\n', '\n'], ['\n', '\r\n'], ['\r\n', '\n'], ['\r', '\n'], ['\n', '\r']),
    delimiter: fc.constantFrom(',', ';', '\t'),
    ended: fc.boolean(),
  })
  .map(({ mark, header, lines, lineEnds, delimiter, ended }) => {
    const text =
      (header ? KAGGLE_HEADER + lineEnds[0] : '') + lines.map(([line, k]) => line + lineEnds[k]).join('');
    return (mark ? '\uFEFF' : '') + (ended ? text : text.slice(0, -1)).replaceAll(',', delimiter);
  });

test('any cut of any file, by any number of workers in any order, gives the rows or the first error of one stream', async () => {
  const seen = { rows: 0, errors: 0 };
  const file = path.join(folder, 'any.csv');
  await fc.assert(
    fc.asyncProperty(
      anyFile,
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9000 })),
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.nat(3)),
      async (text, rangeBytes, threads, waits) => {
        await writeFile(file, text);
        const workers = workersHere(threads, () => setTimeout(waits.next().value));
        const expected = await outcome(read(file, { streamed: true }));
        expect(await outcome(read(file, { workers, rangeBytes }))).toEqual(expected);
        seen['code' in expected ? 'errors' : 'rows']++;
      },
    ),
    { numRuns: 150 },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(15);
});

async function readText(text: string | Uint8Array, options: Reading = {}) {
  const file = path.join(folder, 'digits.csv');
  await writeFile(file, text);
  return read(file, options);
}

const good = `${KAGGLE_HEADER}\n${rows.join('\n')}\n`;

describe('what is wrong is named with its place', () => {
  test.each([
    [
      'a header of LF over rows in CRLF',
      good.replaceAll(/(?<!28)\n/g, '\r\n').replace(/,0\r/, ',256\r'),
      'CSV_PIXEL',
      2,
      785,
    ],
    [
      'a line end of two characters inside quotes',
      good.replace('\n7,', '\n"7\r\n",').replace('\n9,', '\nx,'),
      'CSV_LABEL',
      5,
      1,
    ],
    ['a blank line before', good.replace('\n0,', '\n\n\r\n0,x'), 'CSV_PIXEL', 5, 2],
    ['a row of another length', good.replace('\n9,', '\n9,9,'), 'CSV_COLUMNS', 4, undefined],
    ['a row without an end', `${good}${'1'.repeat(70_000)}`, 'CSV_RECORD_SIZE', 5, undefined],
    ['far too many fields', `${good}${','.repeat(20_000)}`, 'CSV_COLUMNS', 5, undefined],
    ['an open quote', `${good}"7,0`, 'CSV_QUOTES', 5, undefined],
    ['a quote in a field', good.replace('\n9,0,', '\n9,1"2,'), 'CSV_QUOTES', 4, undefined],
  ])('%s', async (_what, text, code, line, column) => {
    for (const options of [{ streamed: true }, {}, { workers: workersHere(1), rangeBytes: 1 << 21 }]) {
      const place = { file: 'digits.csv', line, ...(column && { column }) };
      await expect(readText(text, options)).rejects.toMatchObject({ code, place });
    }
  });

  test('a number that the beginning of the file has not shown', async () => {
    const header = `${KAGGLE_HEADER}\n`;
    const line = (pixel: string): string => `7,${'0.5,'.repeat(783)}${pixel}\n3,${'0.0,'.repeat(783)}0.25\n`;
    const text = header + line('1.0').repeat(400);
    await expect(readText(text + line('7.3'), { rangeBytes: 1 << 16 })).rejects.toMatchObject({
      code: 'CSV_PIXEL',
      place: { line: 802, column: 785 },
      sentence:
        'invalid pixel "7.3": expected a number from 0 to 1; --pixel-scale says which numbers are black and white',
    });
    const whole = header + line('1.0').replaceAll('0.5', '3.0').replaceAll('0.25', '4.0').repeat(400);
    expect((await readText(whole, { rangeBytes: 1 << 16 })).range).toBeUndefined();
    // A fraction among numbers written as 3.0: their range is that of all.
    expect((await readText(whole + line('200.5'), { rangeBytes: 1 << 16 })).range).toEqual({
      low: 0,
      high: 255,
    });
  });

  test('more than a thousand labels', async () => {
    const text = Array.from(
      { length: 3000 },
      (_, i) => `${(i * 7) % 2999},${'1,0,'.repeat(8).slice(0, -1)}`,
    ).join('\n');
    await expect(readText(text, { labelColumn: '1', rangeBytes: 1000 })).rejects.toMatchObject({
      code: 'TABLE_FORM',
      sentence:
        'more than 1000 different labels: probably column 1 is not the label’s; name that with --label-column',
    });
  });
});

describe('a malformed table of the shelf gets the same sentence on any number of threads', () => {
  for (const { name, code, sentence, line, column } of malformedInputs) {
    if (!name.endsWith('.csv') || name === 'folder.csv') continue;
    test(name, async () => {
      for (const streamed of [false, true]) {
        await expect(read(path.join(fixturePath('malformed'), name), { streamed })).rejects.toMatchObject({
          code,
          sentence,
          place: { file: name, ...(line && { line }), ...(column && { column }) },
        });
      }
    });
  }
});

describe('a headerless table sorted by its labels', () => {
  const sorted = Array.from({ length: 2000 }, (_, i) => `${'0,'.repeat(784)}${Math.floor(i / 200)}`).join(
    '\n',
  );

  test('shows its label elsewhere than at its beginning', async () => {
    expect((await readText(sorted)).told).toBe('CSV · no header · label in column 785');
  });

  test('is refused where only its beginning can be looked at', async () => {
    await expect(readText(sorted, { streamed: true })).rejects.toThrow(
      'columns 1 and 785 have one value each, so the labels would be of one class only',
    );
  });
});

describe('on the pool’s threads', () => {
  test('rows and errors are the same', async () => {
    const pool = createWorkerPool(2, 'reference');
    try {
      expect(await readText(good, { workers: pool })).toEqual(await readText(good));
      await expect(readText(good.replace('\n0,', '\nx,'), { workers: pool })).rejects.toMatchObject({
        code: 'CSV_LABEL',
        message: 'digits.csv, line 3, column 1: invalid label "x": expected a whole number',
      });
    } finally {
      await pool.close();
    }
  });

  test('reading stops at once, though a thread is busy', async () => {
    const pool = createWorkerPool(2, 'reference');
    const stop = new AbortController();
    try {
      const workers: TableWorkers = {
        threads: 2,
        readRange(task, signal) {
          const reading = pool.readRange(task, signal);
          setImmediate(() => stop.abort());
          return reading;
        },
      };
      const reading = readText(good + `${rows[0]}\n`.repeat(6000), {
        workers,
        rangeBytes: 1 << 22,
        signal: stop.signal,
      });
      await expect(reading).rejects.toThrow('digits.csv: interrupted while reading');
    } finally {
      await pool.close();
    }
  });
});

test('after an error no more ranges are read than were begun', async () => {
  let begun = 0;
  const workers = workersHere(2, async () => begun++);
  await expect(
    readText(good.replace('\n7,', '\nx,') + `${rows[0]}\n`.repeat(100), { workers }),
  ).rejects.toThrow('line 2');
  expect(begun).toBeLessThan(5);
});

test('a worker that dies is reported, with exit code 5', async () => {
  const workers = { threads: 2, readRange: () => Promise.reject(new Error('out of memory')) };
  await expect(readText(good, { workers })).rejects.toMatchObject({
    code: 'WORKERS_FAILED',
    exitCode: 5,
    sentence: 'a worker died while reading the file: out of memory',
  });
});

test('a file that has more or fewer rows when it is read than when they were counted is refused', async () => {
  for (const change of [-1, 1]) {
    const workers: TableWorkers = {
      threads: 2,
      readRange: ({ range, ...task }) =>
        readRange({ ...task, range: { ...range, rows: range.rows + change } }),
    };
    const reading = readText(good, { workers, rangeBytes: 1 << 21 });
    await expect(reading).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      sentence: 'the file changed while it was being read',
    });
  }
});

test.each([false, true])('an abort stops reading (streamed: %j)', async (streamed) => {
  await expect(readText(good, { streamed, signal: AbortSignal.abort() })).rejects.toThrow(
    'digits.csv: interrupted while reading',
  );
});

test('more rows than one block of memory holds', async () => {
  const text = Array.from({ length: 9000 }, (_, i) => rows[i % 3]).join('\n');
  const { size, labels } = await readText(text, { streamed: true });
  expect(size).toBe('9000 × 28 × 28');
  expect(labels).toEqual(Array.from({ length: 9000 }, (_, i) => '709'[i % 3]));
  let from = 0;
  for await (const block of streamTable(
    sourceOf(path.join(folder, 'digits.csv'), false),
    {},
    { signal: never },
  )) {
    expect(shown(block).labels).toEqual(labels!.slice(from, from + 4096));
    from += block.count;
  }
  expect(from).toBe(9000);
});
