import path from 'node:path';
import { type GoldenRun, goldenDigits, goldenRuns } from '@micronn/fixtures';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { doneOf, temporaryFolder, trainMany } from './run-cli.ts';

/** The options of a golden run, by the names of the command line; the digits lie in a folder of their own. */
async function optionsOf(run: GoldenRun, threads: number): Promise<Record<string, string>> {
  const folder = await temporaryFolder();
  const train = { images: goldenDigits.pixels(), labels: Uint8Array.from(goldenDigits.labels) };
  await writeIdxFolder(path.join(folder, 'digits'), { train, test: readMnist('test', 0, 20) });
  return {
    data: path.join(folder, 'digits'),
    hidden: run.hidden.join(','),
    init: run.init,
    seed: String(run.seed),
    batchSize: String(run.batchSize),
    shards: String(run.shards),
    lr: String(run.learningRate),
    momentum: String(run.momentum),
    epochs: String(run.epochs),
    threads: String(threads),
    out: path.join(folder, 'run'),
  };
}

const settings = [
  ...[1, 2, 3, 4, 8].map((threads) => ({ threads, delays: false })),
  // Every worker late to every meeting by a random while.
  ...[2, 4].map((threads) => ({ threads, delays: true })),
];

describe.each(goldenRuns)('the golden hash of: $name', (run) => {
  test('on 1, 2, 3, 4 and 8 threads, in time and late to every meeting', async () => {
    const runs = await Promise.all(
      settings.map(async ({ threads, delays }) => ({ options: await optionsOf(run, threads), delays })),
    );
    const ends = await trainMany(runs);
    expect(ends.map(({ parametersSha256 }) => parametersSha256)).toEqual(
      settings.map(() => run.parametersSha256),
    );
  });
});

// The runs above go through what the command line calls; two go through itself.
test.each(goldenRuns.slice(0, 2))('the golden hash, from the command line, of: $name', async (run) => {
  const options = Object.entries(await optionsOf(run, 2));
  const args = options.flatMap(([name, value]) => [`--${name.replace('batchSize', 'batch-size')}`, value]);
  expect((await doneOf(args))['parametersSha256']).toBe(run.parametersSha256);
});
