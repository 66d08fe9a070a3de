import { Readable } from 'node:stream';
import { KAGGLE_HEADER } from '@micronn/fixtures/node';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MicronnError } from '../errors.ts';
import type { CsvPart, NextRow } from './csv-format.ts';
import { parseRows } from './csv-grammar.ts';
import { readRows } from './csv-rows.ts';
import { createPlainRows } from './plain-rows.ts';

const rows = [7, 0, 9].map((label, i) =>
  [label, ...Array.from({ length: 784 }, (_, k) => (k * (i + 3)) % 256)].join(','),
);

/** The rows that were read, and the error after them. */
async function outcome(read: (nextRow: NextRow) => Promise<void>) {
  const labels = new Uint8Array(20);
  const images = new Uint8Array(20 * 784);
  let count = 0;
  const error = await read(() => ({ labels, images, row: count++ })).then(
    () => undefined,
    (cause: unknown) => {
      if (!(cause instanceof MicronnError)) throw cause;
      return { code: cause.code, message: cause.message, place: cause.place };
    },
  );
  // Strings, because they are compared faster than arrays.
  return { count, labels: labels.join(), images: Buffer.from(images).toString('latin1'), error };
}

/** The number of rows before the first line that is not plain. */
function plainRows(bytes: Buffer, part: CsvPart): number {
  let count = 0;
  const target = { labels: new Uint8Array(20), images: new Uint8Array(20 * 784) };
  const { take } = createPlainRows(part, () => ({ ...target, row: count++ }));
  for (let start = 0, end = bytes.indexOf(10); end >= 0 && take(bytes, start, end); ) {
    start = end + 1;
    end = bytes.indexOf(10, start);
  }
  return count;
}

const anyField = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 300 }).map(String) },
  fc.constantFrom(
    '',
    '00',
    '007',
    '0000',
    '1000',
    '256',
    '-1',
    '1.5',
    ' 1',
    '1 ',
    '"1"',
    '"1',
    '1"',
    '"",',
    '"1\n2"',
  ),
  fc.constantFrom(
    'label',
    'x',
    'é',
    '\0',
    '\uFEFF',
    '\r',
    '\n',
    '\r\n',
    ',',
    '1,2',
    '1\n2',
    '1'.repeat(70_000),
  ),
);
const anyLine = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...rows) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...rows), fc.oneof(fc.constantFrom(0, 0, 784), fc.nat(784)), anyField)
      .map(([row, k, field]) => row.split(',').with(k, field).join(',')),
  },
  { weight: 2, arbitrary: fc.constant(KAGGLE_HEADER) },
  fc.constantFrom('', '', ' ', '\r', `${rows[0]},1`, rows[1]!.slice(0, -5), `${rows[0]},`, `,${rows[0]}`),
);
const anyHeader = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', KAGGLE_HEADER) },
  fc.constantFrom(
    KAGGLE_HEADER.replace('label', ' LABEL'),
    KAGGLE_HEADER.replace('label', 'Label'),
    KAGGLE_HEADER.replaceAll(/[^,]+/g, '"$&"'),
    `${KAGGLE_HEADER},1`,
    KAGGLE_HEADER.replace('1x1', '1'.repeat(70_000)),
    'label',
  ),
);
const anyText = fc
  .record({
    mark: fc.constantFrom('', '', '', '', '\uFEFF'),
    header: anyHeader,
    lines: fc.array(fc.tuple(anyLine, fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 1)), { maxLength: 8 }),
    lineEnds: fc.constantFrom(['\n', '\r\n'], ['\n', '\r'], ['\r\n', '\n'], ['\r', '\n']),
    ended: fc.boolean(),
  })
  .map(({ mark, header, lines, lineEnds, ended }) => {
    const text =
      mark + (header && header + lineEnds[0]) + lines.map(([line, k]) => line + lineEnds[k]).join('');
    return ended ? text : text.slice(0, -1);
  });

test('any file, divided anywhere, gives the rows and the error of the grammar alone', async () => {
  const seen = { plain: 0, both: 0, error: 0 };
  await fc.assert(
    fc.asyncProperty(
      anyText,
      fc.constantFrom(
        { file: 'digits.csv', firstLine: 1, holdsFirstRow: true },
        { file: 'digits.csv', firstLine: 4, holdsFirstRow: true },
        { file: 'digits.csv', firstLine: 4, holdsFirstRow: false },
      ),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }),
      async (text, part, places) => {
        const bytes = Buffer.from(text);
        const cuts = [0, ...places.map((at) => Math.round(at * bytes.length)), bytes.length].toSorted(
          (a, b) => a - b,
        );
        const chunks = cuts.slice(1).map((end, k) => bytes.subarray(cuts[k], end));
        const expected = await outcome((nextRow) =>
          parseRows(Readable.from([bytes]), { ...part, lineEnd: undefined }, nextRow),
        );
        expect(await outcome((nextRow) => readRows(Readable.from(chunks), part, nextRow))).toEqual(expected);

        const plain = plainRows(bytes, part);
        if (plain > 0) seen[plain === expected.count ? 'plain' : 'both']++;
        if (plain > 0 && expected.error) seen.error++;
      },
    ),
    { numRuns: 120 },
  );
  // Each way through the reader was tried.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(5);
});
