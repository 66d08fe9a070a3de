import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../testing/temporary-folder.ts';
import { at, read } from '../../../test/source-files.ts';
import { MicronnError } from '../../errors.ts';
import type { RawSet } from '../source.ts';

/** Changes a file at a place: bytes replaced, cut out, or cut off. */
const anyChange = fc.record({
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  part: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  kind: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
});
type Change = typeof anyChange extends fc.Arbitrary<infer Value> ? Value : never;

function changed(bytes: Buffer, { place, part, kind }: Change): Buffer {
  // The ends of archives and Parquet files are where their directories lie.
  const k = Math.floor(place * bytes.length);
  if (kind === 'cut') return bytes.subarray(0, k);
  const after = kind === 'insert' ? k : k + part.length;
  return Buffer.concat(
    [bytes.subarray(0, k), kind === 'remove' ? '' : part, bytes.subarray(after)].map((one) =>
      Buffer.from(one),
    ),
  );
}

async function outcome(file: string): Promise<RawSet | undefined> {
  try {
    const { train } = await read(file);
    expect(train!.labels!.places).toHaveLength(train!.count);
    return train;
  } catch (error) {
    if (!(error instanceof MicronnError)) throw error;
    expect([error.exitCode, error.code]).toEqual([
      3,
      expect.stringMatching(/^(DATA|IDX|ARRAY|ARCHIVE|PARQUET|GZIP|IMAGE|CSV)_/),
    ]);
    expect(error.message).not.toMatch(/internal|cannot read the file/);
    return undefined;
  }
}

test.each([
  ['numpy/keras.npz', 300],
  ['numpy/pair/X_train.npy', 150],
  ['zip/idx.zip', 300],
  ['zip/pictures.zip', 150],
  ['tar/mnist_png.tar.gz', 100],
  ['parquet/gzip.parquet', 300],
  ['parquet/duckdb-zstd.parquet', 300],
])('%s with any damage is read or gets a sentence', async (source, numRuns) => {
  const folder = await temporaryFolder();
  const right = await readFile(at(source));
  const file = path.join(folder, path.basename(source));
  if (file.endsWith('.npy'))
    await writeFile(path.join(folder, 'y_train.npy'), await readFile(at('numpy/pair/y_train.npy')));
  await fc.assert(
    fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 2 }), async (changes) => {
      await writeFile(file, changes.reduce(changed, right));
      const set = await outcome(file);
      if (set) expect(set.count).toBeLessThanOrEqual(right.length);
    }),
    { numRuns },
  );
});
