import { expect, test } from 'vitest';
import { strategyBeforeOption } from './strategy-before-option.ts';

test.each([
  [[784, 10, 10], { batchSize: 64 }, 'rows'],
  [[784, 10, 10], { batchSize: 511 }, 'rows'],
  [[784, 10, 10], { batchSize: 512 }, 'data'],
  [[784, 10, 10], { batchSize: 'full' }, 'data'],
  [[784, 20, 10], { batchSize: 'full' }, 'data'],
  [[784, 21, 10], { batchSize: 'full' }, 'rows'],
  [[784, 10], { batchSize: 'full' }, 'data'],
  [[784, 128, 10], { batchSize: 64 }, 'rows'],
  // All 200 samples, or the 160 that a split leaves, are a large batch.
  [[784, 10, 10], { batchSize: 199, data: '200 × 784 (crc32 00000000) to train' }, 'rows'],
  [[784, 10, 10], { batchSize: 200, data: '200 × 784 (crc32 00000000) to train' }, 'data'],
  [
    [784, 10, 10],
    { batchSize: 159, validationSplit: 0.2, data: '200 × 784 (crc32 00000000) to train' },
    'rows',
  ],
  [
    [784, 10, 10],
    { batchSize: 160, validationSplit: 0.2, data: '200 × 784 (crc32 00000000) to train' },
    'data',
  ],
  [[784, 10, 10], { batchSize: 64, backend: 'reference' }, 'data'],
])(
  'before --parallel, %j with %j trained by %s',
  (layers, { data = '', ...configuration }: Saved, strategy) => {
    expect(strategyBeforeOption({ layers, configuration, data })).toBe(strategy);
  },
);

interface Saved {
  readonly batchSize: number | string;
  readonly validationSplit?: number;
  readonly backend?: string;
  readonly data?: string;
}
