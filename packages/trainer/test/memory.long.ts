import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { expect, test } from 'vitest';
import { temporaryFolder } from './run-cli.ts';

const program = fileURLToPath(new URL('./memory-run.ts', import.meta.url));
const STEPS_PER_EPOCH = 200;
const MEGABYTE = 2 ** 20;

test('10,000 steps, saved every 100, leave less than 5 MB behind after the first thousand', async () => {
  const cwd = await temporaryFolder();
  const data = path.join(cwd, 'digits');
  await writeIdxFolder(data, { train: readMnist('train', 0, 800), test: readMnist('test', 0, 20) });
  const options = {
    data,
    batchSize: '4',
    momentum: '0.9',
    threads: '2',
    epochs: '55',
    checkpointEvery: '100',
    out: path.join(cwd, 'run'),
  };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', program, JSON.stringify(options)],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const held = stdout
    .trimEnd()
    .split('\n')
    .map((line) => Number(line));
  expect(held).toHaveLength(55);
  const begin = held[1000 / STEPS_PER_EPOCH - 1]!;
  const end = held[11_000 / STEPS_PER_EPOCH - 1]!;
  expect(end - begin).toBeLessThan(5 * MEGABYTE);
});
