import path from 'node:path';
import { type GoldenRun, goldenDigits, goldenRuns } from '@micronn/fixtures';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { doneOf, temporaryFolder } from './run-cli.ts';
import { trainHere } from './train-here.ts';

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

async function hashHere(run: GoldenRun, threads: number): Promise<unknown> {
  const events = await trainHere(await optionsOf(run, threads));
  return events.find(({ event }) => event === 'done')?.['parametersSha256'];
}

describe.each(goldenRuns)('the golden hash of: $name', (run) => {
  test.each([1, 2, 3, 4, 8])('on %i threads', async (threads) => {
    expect(await hashHere(run, threads)).toBe(run.parametersSha256);
  });

  test.each([2, 4])('on %i threads, each late to every meeting by a random while', async (threads) => {
    process.env['MICRONN_TEST_DELAYS'] = '1';
    try {
      expect(await hashHere(run, threads)).toBe(run.parametersSha256);
    } finally {
      delete process.env['MICRONN_TEST_DELAYS'];
    }
  });

  test('from the command line', async () => {
    const options = Object.entries(await optionsOf(run, 2));
    const args = options.flatMap(([name, value]) => [`--${name.replace('batchSize', 'batch-size')}`, value]);
    expect((await doneOf(args))['parametersSha256']).toBe(run.parametersSha256);
  });
});
