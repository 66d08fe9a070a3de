import path from 'node:path';
import { parallelStrategies } from '@micronn/core/kernels';
import { defaultRunSha256 } from '@micronn/fixtures';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { doneOf, temporaryFolder, trainMany } from './run-cli.ts';

/** The promise: the trained parameters do not depend on the number of threads, to the last bit. */
const threadCounts = [1, 2, 3, 4, 8];

async function hashes(run: (threads: number) => Record<string, string>): Promise<unknown[]> {
  const ends = await trainMany(threadCounts.map(run));
  expect(ends.map(({ event }) => event)).toEqual(threadCounts.map(() => 'done'));
  return ends.map(({ parametersSha256 }) => parametersSha256);
}

describe.each(parallelStrategies)(
  '%s: parametersSha256 is the same for 1, 2, 3, 4 and 8 threads',
  (parallel) => {
    // 403 samples: with batches of 64 the last one has 19, which 8 shards cannot share evenly.
    for (const seed of ['1', '2']) {
      for (const hidden of ['10', '24,16']) {
        test(`seed ${seed}, hidden ${hidden}: a ragged last batch, and batches smaller than the number of shards`, async () => {
          const cwd = await temporaryFolder();
          await writeIdxFolder(path.join(cwd, 'digits'), {
            train: readMnist('train', 0, 403),
            test: readMnist('test', 0, 100),
          });
          const run = (options: Record<string, string>) => (threads: number) => ({
            data: path.join(cwd, 'digits'),
            epochs: '2',
            seed,
            hidden,
            parallel,
            shards: '8',
            threads: String(threads),
            out: path.join(cwd, `${JSON.stringify(options).replace(/\W/g, '')}-${threads}`),
            ...options,
          });
          const ragged = await hashes(run({}));
          const small = await hashes(run({ batchSize: '5', epochs: '1', momentum: '0.9' }));
          expect(ragged).toEqual(threadCounts.map(() => ragged[0]));
          expect(small).toEqual(threadCounts.map(() => small[0]));
          expect(small[0]).not.toBe(ragged[0]);
        });
      }
    }

    test('the default run on MNIST has its golden hash', async () => {
      const cwd = await temporaryFolder();
      const found = await hashes((threads) => ({
        data: 'mnist',
        parallel,
        threads: String(threads),
        out: path.join(cwd, `on-${threads}`),
      }));
      expect(found).toEqual(threadCounts.map(() => defaultRunSha256[parallel]));
    });
  },
);

test('the seed does change them', async () => {
  const cwd = await temporaryFolder();
  const one = await doneOf(['--epochs', '0', '--seed', '1', '--out', 'one'], { cwd });
  const two = await doneOf(['--epochs', '0', '--seed', '2', '--out', 'two'], { cwd });
  expect(one['parametersSha256']).not.toBe(two['parametersSha256']);
});
