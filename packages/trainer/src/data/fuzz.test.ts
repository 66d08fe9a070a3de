import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { KAGGLE_HEADER } from '@micronn/fixtures/node';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOptions } from '../../test/load-options.ts';
import { MicronnError } from '../errors.ts';
import { inMemory } from './images.ts';
import type { Samples } from './samples.ts';
import { readSource } from './source/read-source.ts';
import type { RawSet } from './source.ts';
import type { TableLoad } from './table/read-table.ts';
import { readRange } from './table/table-worker.ts';

/**
 * Random bytes under the file names that the readers accept: the result is samples or a MicronnError of the family data,
 * and no reader allocates more memory than the size of the file justifies.
 */

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Change = (bytes: Buffer) => Buffer;

const anyPlace = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Buffer, place: number): number => Math.floor(place * (bytes.length + 1));

/** One kind of damage to a file. */
const anyChange = (anyPart: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Change> =>
  fc.oneof(
    fc.tuple(anyPlace, anyPart).map(
      ([place, part]): Change =>
        (bytes) => {
          const changed = Buffer.from(bytes);
          changed.set(part.subarray(0, bytes.length - at(bytes, place)), at(bytes, place));
          return changed;
        },
    ),
    fc.tuple(anyPlace, anyPart).map(
      ([place, part]): Change =>
        (bytes) => {
          const k = at(bytes, place);
          return Buffer.concat([bytes.subarray(0, k), part, bytes.subarray(k)]);
        },
    ),
    fc.tuple(anyPlace, fc.nat(2000)).map(
      ([place, length]): Change =>
        (bytes) => {
          const k = at(bytes, place);
          return Buffer.concat([bytes.subarray(0, k), bytes.subarray(k + length)]);
        },
    ),
    anyPlace.map(
      (place): Change =>
        (bytes) =>
          bytes.subarray(0, at(bytes, place)),
    ),
    fc.tuple(anyPlace, fc.nat(3000)).map(
      ([place, length]): Change =>
        (bytes) => {
          const k = at(bytes, place);
          return Buffer.concat([bytes, bytes.subarray(k, k + length)]);
        },
    ),
  );

/** A valid file with some damage, or random bytes; gzipped before the damage, after it, or not at all. */
function anyFile(
  right: Buffer,
  anyPart: fc.Arbitrary<Uint8Array>,
): fc.Arbitrary<{ bytes: Buffer; packed: boolean }> {
  const changes = fc.array(anyChange(anyPart), { maxLength: 3 });
  const changed = (from: Buffer, all: readonly Change[]): Buffer =>
    all.reduce((bytes, change) => change(bytes), from);
  const plain = fc.oneof(
    { weight: 4, arbitrary: changes.map((all) => changed(right, all)) },
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  );
  return fc.oneof(
    plain.map((bytes) => ({ bytes, packed: false })),
    plain.map((bytes) => ({ bytes: gzipSync(bytes), packed: true })),
    changes.map((all) => ({ bytes: changed(gzipSync(right), all), packed: true })),
  );
}

/** The samples, after checks; undefined if the file was refused with a data error. */
async function outcome(reading: Promise<Samples>): Promise<Samples | undefined> {
  try {
    const { count, inputs, images, labels } = await reading;
    expect(count).toBeGreaterThan(0);
    expect(images.length).toBe(count * inputs);
    expect(labels.length).toBe(count);
    expect(labels.every((label) => label <= 9)).toBe(true);
    return { count, inputs, images, labels };
  } catch (error) {
    expect(error).toBeInstanceOf(MicronnError);
    const { code, exitCode, message } = error as MicronnError;
    expect([code, exitCode]).toEqual([
      expect.stringMatching(/^(CSV|TABLE|IDX|GZIP|DATA|ARRAY|ARCHIVE|PARQUET)_/),
      3,
    ]);
    expect(message.length).toBeLessThan(400);
    // A message that only wraps another error could hide an internal error.
    expect(message).not.toMatch(/cannot read the file|cannot parse the CSV/);
    return undefined;
  }
}

/** The images and labels of a set, in memory. */
function inBytes({ count, width, height, images, labels }: RawSet): Samples {
  return inMemory({ count, inputs: width * height, images, labels: labels!.places });
}

test('CSV: any bytes are rows or a sentence, the same in one stream and cut', async () => {
  const rows = [7, 0].map((label) => [label, ...Array.from({ length: 784 }, (_, k) => k % 256)].join(','));
  const right = Buffer.from(`${KAGGLE_HEADER}\n${rows.join('\n')}\n`);
  const anyPart = fc.oneof(
    fc.uint8Array({ maxLength: 5 }),
    fc
      .constantFrom(
        '"',
        ',',
        '\r',
        '\n',
        '\r\n',
        '\uFEFF',
        '\0',
        '256',
        '-1',
        '1.5',
        'NaN',
        '0x10',
        '٣',
        'é"',
        '""',
      )
      .map((text) => Buffer.from(text)),
  );
  let read = 0;
  await fc.assert(
    fc.asyncProperty(
      anyFile(right, anyPart),
      fc.integer({ min: 1, max: 6000 }),
      async (written, rangeBytes) => {
        const { bytes, packed } = written;
        const file = path.join(folder, packed ? 'digits.csv.gz' : 'digits.csv');
        await writeFile(file, bytes);
        const readOn = (threads: number) => {
          const load: TableLoad = { ...loadOptions(), workers: { threads, readRange }, rangeBytes };
          return outcome(readSource(file, {}, load).then(({ train }) => inBytes(train!)));
        };
        const samples = await readOn(1);
        expect(await readOn(2)).toEqual(samples);
        if (!samples) return;
        read++;
        // A pixel has at least one character and its separator.
        const text = packed ? gunzipSync(bytes) : bytes;
        // Unless only those that are not 0 are written.
        if (/[ \t]\d+:/.test(text.toString('latin1'))) return;
        expect(2 * samples.images.length).toBeLessThanOrEqual(text.length + samples.count);
      },
    ),
    { numRuns: 400 },
  );
  expect(read).toBeGreaterThan(20);
});

test('IDX: any bytes are images and labels or a sentence', async () => {
  const header = (...words: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * words.length);
    for (const [k, word] of words.entries()) bytes.writeUInt32BE(word, 4 * k);
    return bytes;
  };
  const images = Buffer.concat([header(0x803, 3, 4, 5), Buffer.alloc(60, 9)]);
  const labels = Buffer.concat([header(0x801, 3), Buffer.from([0, 5, 9])]);
  const anyPart = fc.oneof(
    fc.uint8Array({ maxLength: 5 }),
    fc.constantFrom(0, 1, 0x801, 0x803, 2 ** 16, 2 ** 31, 2 ** 32 - 1).map((word) => header(word)),
  );
  let read = 0;
  await fc.assert(
    fc.asyncProperty(
      anyFile(images, anyPart),
      anyFile(labels, anyPart),
      fc.boolean(),
      async (one, other, both) => {
        const data = path.join(folder, 'idx');
        await rm(data, { recursive: true, force: true });
        await mkdir(data);
        const [imagesFile, labelsFile] = [both ? one : { bytes: images, packed: false }, other];
        const nameOf = (stem: string, packed: boolean) => path.join(data, stem + (packed ? '.gz' : ''));
        const imagesName = nameOf('train-images-idx3-ubyte', imagesFile.packed);
        await writeFile(imagesName, imagesFile.bytes);
        await writeFile(nameOf('train-labels.idx1-ubyte', labelsFile.packed), labelsFile.bytes);
        const samples = await outcome(
          readSource(data, {}, loadOptions()).then(({ train }) => inBytes(train!)),
        );
        if (!samples) return;
        read++;
        expect(samples.images.length).toBeLessThan((await stat(imagesName)).size * 1032);
      },
    ),
    { numRuns: 600 },
  );
  expect(read).toBeGreaterThan(20);
});
