import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadDataset, splitForValidation } from './dataset.ts';
import { readRange } from './table/table-worker.ts';

describe('splitForValidation', () => {
  test('every sample is on exactly one side, whatever the share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 1, max: 99 }),
        fc.nat(),
        (count, percent, seed) => {
          const fraction = percent / 100;
          const held = Math.round(count * fraction);
          fc.pre(held > 0 && held < count);
          const { train, validation } = splitForValidation(count, fraction, seed);
          expect(validation.length).toBe(held);
          expect([...train, ...validation].toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: count }, (_, i) => i),
          );
        },
      ),
    );
  });

  test('0.2 of 60,000 is the tutorial’s 48,000 and 12,000, drawn by the seed', () => {
    const one = splitForValidation(60_000, 0.2, 1);
    expect([one.train.length, one.validation.length]).toEqual([48_000, 12_000]);
    expect(splitForValidation(60_000, 0.2, 1)).toEqual(one);
    expect(splitForValidation(60_000, 0.2, 2)).not.toEqual(one);
  });

  test('a share that leaves a side empty is refused', () => {
    expect(() => splitForValidation(3, 0.1, 1)).toThrow(
      '--validation-split 0.1 of 3 samples leaves none on one side',
    );
    expect(() => splitForValidation(3, 0.9, 1)).toThrow(
      '--validation-split 0.9 of 3 samples leaves none on one side',
    );
    expect(splitForValidation(3, 0, 1).validation).toHaveLength(0);
  });
});

describe('loadDataset', () => {
  // Windows has neither among its files.
  test.skipIf(process.platform === 'win32')('refuses pipes and devices by their kind', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'micronn-dataset-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const csv = path.join(folder, 'rows.csv');
    const images = path.join(folder, 'train-images-idx3-ubyte');
    execFileSync('mkfifo', [csv, images]);
    const pipe = 'expected a file, but this is a pipe: write its data to a file first';
    for (const [source, file, sentence] of [
      [csv, csv, pipe],
      [folder, images, pipe],
      ['/dev/zero', '/dev/zero', 'expected a file, but this is a device'],
    ] as const) {
      const loading = loadDataset(
        source,
        undefined,
        {},
        {
          workers: { threads: 2, readRange: () => expect.unreachable('nothing is read') },
          cache: null,
          signal: new AbortController().signal,
          warn: (code) => expect.unreachable(code),
        },
      );
      await expect(loading).rejects.toMatchObject({ code: 'DATA_UNREADABLE', place: { file }, sentence });
    }
  });

  test('caches the rows of a CSV only if the file did not change while it was read', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'micronn-dataset-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'digits.csv');
    // Two ranges at least.
    const row = (label: number): string => `${label}${',200'.repeat(784)}\n`;
    await writeFile(file, (row(7) + row(3)).repeat(350));
    const load = (before: () => Promise<void>) =>
      loadDataset(
        file,
        undefined,
        {},
        {
          workers: { threads: 2, readRange: (task) => before().then(() => readRange(task)) },
          cache: path.join(folder, 'cache'),
          signal: new AbortController().signal,
          warn: (code) => expect.unreachable(code),
        },
      );
    const touched = await load(() => utimes(file, 1, 1));
    expect(touched.train.count).toBe(700);
    expect(await readdir(folder)).toEqual(['digits.csv']);
    expect(await load(async () => {})).toEqual(touched);
    expect(await readdir(path.join(folder, 'cache'))).toHaveLength(1);
    expect(await load(() => expect.unreachable('the rows are kept'))).toEqual(touched);
  });
});
