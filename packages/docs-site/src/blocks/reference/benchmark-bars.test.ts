import type { BenchRow } from '@micronn/trainer/reference';
import { expect, test } from 'vitest';
import { barsOf } from './benchmark-bars.ts';

const row = (
  section: BenchRow['section'],
  name: string,
  runner: string,
  threads: number | null,
  median: number | null,
) => ({
  section,
  name,
  runner,
  threads,
  unit: 'ms',
  median,
  least: median,
  most: median === null ? null : 2 * median,
  ratios: {},
});

test('has bars for each comparison with peers, relative to the slowest; none for missing peers', () => {
  expect(
    barsOf([
      row('peers', 'small', 'micronn', 1, 50),
      row('peers', 'small', 'numpy', null, 1000),
      row('peers', 'small', 'torch', null, null),
      row('peers', 'wide', 'micronn', 2, 5),
      row('peers', 'wide', 'micronn, rows', 2, 5),
      row('epochs', 'small', 'micronn', 1, 7),
    ]),
  ).toEqual([
    {
      name: 'small',
      bars: [
        { runner: 'micronn, 1 thread', time: '50.0 ms', range: '50.0–100', share: 0.05, own: true },
        { runner: 'numpy', time: '1,000 ms', range: '1,000–2,000', share: 1, own: false },
      ],
    },
    {
      name: 'wide',
      bars: [
        { runner: 'micronn, 2 threads', time: '5.00 ms', range: '5.00–10.0', share: 1, own: true },
        { runner: 'micronn, rows, 2 threads', time: '5.00 ms', range: '5.00–10.0', share: 1, own: true },
      ],
    },
  ]);
});
