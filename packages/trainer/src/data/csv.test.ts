import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { fixturePath, KAGGLE_HEADER, malformedInputs } from '@micronn/fixtures/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MicronnError } from '../errors.ts';
import { createWorkerPool } from '../training/pool.ts';
import { type CsvWorkers, readCsv } from './csv.ts';
import { type RangeTask, readRange } from './csv-worker.ts';

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

/** Reads on this thread, `threads` ranges at a time, as the pool does. */
function workersHere(threads: number, before: (task: RangeTask) => Promise<unknown> = async () => {}) {
  return { threads, readRange: (task: RangeTask) => before(task).then(() => readRange(task)) };
}

interface Reading {
  readonly name?: string;
  readonly workers?: CsvWorkers;
  readonly rangeBytes?: number;
}

async function read(
  text: string | Uint8Array,
  { name = 'digits.csv', workers = workersHere(1), rangeBytes = 1 }: Reading = {},
) {
  const file = path.join(folder, name);
  await writeFile(file, text);
  const { count, inputs, images, labels } = await readCsv(file, { workers, rangeBytes, signal: never });
  return { count, inputs, images: [...images], labels: [...labels] };
}

const expected = { count: 3, inputs: 784, labels: [7, 0, 9], images: rows.flatMap((row) => row.slice(1)) };

describe.each([
  ['as one stream', 1],
  ['cut at every line', 2],
])('what is right in a CSV is read, %s', (_how, threads) => {
  const workers = workersHere(threads);
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
    expect(await read(text, { workers })).toEqual(expected);
  });

  test('gzipped, in several parts too', async () => {
    expect(await read(gzipSync(plain), { workers, name: 'digits.csv.gz' })).toEqual(expected);
    const parts = Buffer.concat([gzipSync(plain.slice(0, 5000)), gzipSync(plain.slice(5000))]);
    expect(await read(parts, { workers, name: 'digits.csv.gz' })).toEqual(expected);
  });

  test('more rows than fit into one block', async () => {
    const { count, labels } = await read(Array.from({ length: 9000 }, (_, i) => lines[i % 3]).join('\n'), {
      workers,
      rangeBytes: 1 << 20,
    });
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

test('a field that is not a whole number from 0 to 255 is refused with its place', async () => {
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

/** Valid and invalid lines of a file. */
const anyLine = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...lines) },
  { weight: 3, arbitrary: fc.constant('') },
  fc.constantFrom(
    KAGGLE_HEADER,
    `${lines[0]},1`,
    lines[1]!.slice(0, -5),
    lines[1]!.replace(/^\d/, '10'),
    lines[2]!.replace(/\d+$/, '256'),
    ' ',
    `\uFEFF${lines[0]}`,
    `${lines[0]}é`,
    '1'.repeat(70_000),
    lines[0]!.replace(/\d+$/, '"7"'),
    `${lines[0]}\r`,
  ),
);
const anyFile = fc
  .record({
    mark: fc.boolean(),
    header: fc.boolean(),
    lines: fc.array(anyLine, { maxLength: 12 }),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n', '\r'),
    ended: fc.boolean(),
  })
  .map(
    ({ mark, header, lines: written, lineEnd, ended }) =>
      (mark ? '\uFEFF' : '') +
      [...(header ? [KAGGLE_HEADER] : []), ...written].join(lineEnd) +
      (ended ? lineEnd : ''),
  );

/** The rows, or the error message. */
function outcome(reading: ReturnType<typeof read>) {
  return reading.catch((error: unknown) => {
    if (!(error instanceof MicronnError)) throw error;
    return { code: error.code, message: error.message, place: error.place };
  });
}

test('any cut of any file, by any number of workers in any order, gives the rows or the first error of one stream', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyFile,
      // Cut at every line end, or at some.
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9000 })),
      fc.integer({ min: 2, max: 5 }),
      fc.infiniteStream(fc.nat(3)),
      async (text, rangeBytes, threads, waits) => {
        const workers = workersHere(threads, () => setTimeout(waits.next().value));
        expect(await outcome(read(text, { workers, rangeBytes }))).toEqual(await outcome(read(text)));
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ['a byte-order mark inside the file', `${lines[0]}\n\uFEFF${lines[1]}`, 'CSV_LABEL', 2],
  ['a row without end behind blank lines', `${lines[0]}\n\n\n${'1'.repeat(70_000)}`, 'CSV_RECORD_SIZE', 4],
])('%s is wrong where it stands, in one stream and cut', async (_what, text, code, line) => {
  for (const threads of [1, 2]) {
    const reading = read(text, { workers: workersHere(threads) });
    await expect(reading).rejects.toMatchObject({ code, place: { line } });
  }
});

describe('a file of the malformed shelf, cut at every line, gets the same sentence', () => {
  for (const { name, code, sentence, line, column } of malformedInputs) {
    if (!name.endsWith('.csv')) continue;
    test(name, async () => {
      const file = path.join(fixturePath('malformed'), name);
      await expect(
        readCsv(file, { workers: workersHere(3), rangeBytes: 1, signal: never }),
      ).rejects.toMatchObject({
        code,
        sentence,
        place: { file, ...(line && { line }), ...(column && { column }) },
      });
    });
  }
});

describe('on the pool’s threads', () => {
  test('rows and errors are the same', async () => {
    const pool = createWorkerPool(2, 'reference');
    try {
      expect(await read(plain, { workers: pool })).toEqual(expected);
      const wrong = [...lines, lines[0]!.replace(/^\d/, 'x'), lines[0]!.replace(/^\d/, 'y')].join('\n');
      await expect(read(wrong, { workers: pool })).rejects.toMatchObject({
        code: 'CSV_LABEL',
        message: `${path.join(folder, 'digits.csv')}, line 4, column 1: invalid label "x": expected a whole number from 0 to 9`,
      });
    } finally {
      await pool.close();
    }
  });

  test('reading stops at once, though a thread is busy', async () => {
    const file = path.join(folder, 'long.csv');
    const pool = createWorkerPool(2, 'reference');
    const stop = new AbortController();
    try {
      await writeFile(file, lines.join('\n').concat('\n').repeat(2000));
      const workers: CsvWorkers = {
        threads: 2,
        readRange(task, signal) {
          const reading = pool.readRange(task, signal);
          setImmediate(() => stop.abort());
          return reading;
        },
      };
      await expect(readCsv(file, { workers, rangeBytes: 1 << 22, signal: stop.signal })).rejects.toThrow(
        `${file}: interrupted while reading`,
      );
    } finally {
      await pool.close();
    }
  });
});

test('after an error no more ranges are read than were begun', async () => {
  let begun = 0;
  const workers = workersHere(2, async () => begun++);
  await expect(read(['x', ...Array(100).fill(lines[0])].join('\n'), { workers })).rejects.toThrow('line 1');
  expect(begun).toBeLessThan(5);
});

test('a worker that dies is reported, with exit code 5', async () => {
  const workers = { threads: 2, readRange: () => Promise.reject(new Error('out of memory')) };
  await expect(read(plain, { workers })).rejects.toMatchObject({
    code: 'WORKERS_FAILED',
    exitCode: 5,
    sentence: 'a worker died while reading the file: out of memory',
  });
});

test.each([
  ['more', 2],
  ['fewer', 4],
])(
  'a file that has %s rows when it is read than when they were counted is refused',
  async (_what, counted) => {
    const file = path.join(folder, 'changed.csv');
    await writeFile(file, lines.join('\n'));
    const target = { labels: new Uint8Array(5), images: new Uint8Array(5 * 784) };
    const range = {
      start: 0,
      end: lines.join('\n').length,
      firstLine: 1,
      holdsFirstRow: true,
      firstRow: 0,
      rows: counted,
    };
    expect(await readRange({ file, range, target })).toEqual({
      code: 'DATA_UNREADABLE',
      sentence: 'the file changed while it was being read',
      place: { file },
    });
    // The task must not write the rows of the next range.
    expect(target.labels[counted]).toBe(0);
    expect(target.images.subarray(counted * 784).every((pixel) => pixel === 0)).toBe(true);
  },
);

test.each([1, 2])('an abort stops reading, on %i threads', async (threads) => {
  const file = path.join(folder, 'stopped.csv');
  await writeFile(file, plain);
  const stop = new AbortController();
  stop.abort();
  await expect(readCsv(file, { workers: workersHere(threads), signal: stop.signal })).rejects.toThrow(
    `${file}: interrupted while reading`,
  );
});
