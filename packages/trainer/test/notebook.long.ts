import path from 'node:path';
import { readMnist, writeKaggleCsv } from '@micronn/fixtures/node';
import { expect, test } from 'vitest';
import { doneOf, temporaryFolder } from './run-cli.ts';

test('--preset notebook on Kaggle’s form of the training file: validation accuracy within 0.83–0.88 after 500 epochs', async () => {
  const cwd = await temporaryFolder();
  await writeKaggleCsv(path.join(cwd, 'mnist_train.csv'), readMnist('train', 0, 60_000));
  const done = await doneOf(['--preset', 'notebook', '--data', 'mnist_train.csv', '--out', 'run'], { cwd });
  expect(done['epochs']).toBe(500);
  expect(done['validationAccuracy']).toBeGreaterThanOrEqual(0.83);
  expect(done['validationAccuracy']).toBeLessThanOrEqual(0.88);
});
