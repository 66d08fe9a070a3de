import path from 'node:path';
import { readMnist, writeKaggleCsv } from '@micronn/fixtures/node';
import { expect, test } from 'vitest';
import { TELL_PEAK_MEMORY, toldPeakMegabytes } from './peak-memory.ts';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';

test('all 60,000 rows as CSV, parsed and cached: the same bits as from IDX, in less than 300 MB of memory', async () => {
  const cwd = await temporaryFolder();
  await writeKaggleCsv(path.join(cwd, 'train.csv'), readMnist('train', 0, 60_000));
  const env = { NODE_OPTIONS: TELL_PEAK_MEMORY };
  const idx = await doneOf(['--epochs', '1', '--validation-split', '0.2', '--out', 'idx'], { cwd });
  // Parsed first, then read from the cache.
  for (const out of ['parsed', 'cached']) {
    const args = ['--data', 'train.csv', '--epochs', '1', '--out', out, '--json'];
    // The command as people run it, bundled and with its report.
    const csv = await runCli(args, { cwd, env, report: true });
    expect(csv.events.at(-1)).toMatchObject({ event: 'done', parametersSha256: idx['parametersSha256'] });
    expect(csv.events[0]).toMatchObject({
      event: 'start',
      trainSamples: 48_000,
      validationSamples: 12_000,
      testSamples: 0,
    });
    expect(toldPeakMegabytes(csv.stderr)).toBeLessThan(300);
  }
});
