import path from 'node:path';
import { type GoldenRun, goldenDigits, goldenRuns } from '@micronn/fixtures';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { doneOf, temporaryFolder } from './run-cli.ts';

async function hashOf(run: GoldenRun, threads: number, env: Record<string, string> = {}): Promise<unknown> {
  const cwd = await temporaryFolder();
  const train = { images: goldenDigits.pixels(), labels: Uint8Array.from(goldenDigits.labels) };
  await writeIdxFolder(path.join(cwd, 'digits'), { train, test: readMnist('test', 0, 20) });
  const options = {
    data: 'digits',
    hidden: run.hidden.join(','),
    init: run.init,
    seed: run.seed,
    'batch-size': run.batchSize,
    shards: run.shards,
    lr: run.learningRate,
    momentum: run.momentum,
    epochs: run.epochs,
    threads,
    out: 'run',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return (await doneOf(args, { cwd, env }))['parametersSha256'];
}

describe.each(goldenRuns)('the command line gives the golden hash of: $name', (run) => {
  test.each([1, 2, 3, 4, 8])('on %i threads', async (threads) => {
    expect(await hashOf(run, threads)).toBe(run.parametersSha256);
  });

  test.each([2, 4])('on %i threads, each late to every meeting by a random while', async (threads) => {
    expect(await hashOf(run, threads, { MICRONN_TEST_DELAYS: '1' })).toBe(run.parametersSha256);
  });
});
