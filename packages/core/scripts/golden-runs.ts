/**
 * Runs the golden runs with the kernels and writes their hashes into fixtures. The hashes change only when the
 * arithmetic changes on purpose. Run: pnpm --filter core golden
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type GoldenRun, goldenDigits } from '@micronn/fixtures';
import { createNetwork } from '../src/initialize.ts';
import { createKernelTraining } from '../src/kernels/training.ts';
import { parameterBytes } from '../src/parameters.ts';

const target = new URL('../../fixtures/hashes/golden-runs.json', import.meta.url);

const both = ['data', 'rows'] as const;
const plain = {
  init: 'uniform',
  seed: 42,
  batchSize: 64,
  shards: 4,
  learningRate: 0.1,
  momentum: 0,
} as const;
type Settings = Omit<GoldenRun, 'parametersSha256' | 'parallel'>;
const settings: (Settings & { readonly strategies: readonly GoldenRun['parallel'][] })[] = [
  { ...plain, strategies: both, name: 'the defaults, last batch ragged', hidden: [10], epochs: 3 },
  {
    ...plain,
    strategies: ['data'],
    name: 'full batch in one shard',
    hidden: [10],
    batchSize: 300,
    shards: 1,
    epochs: 5,
  },
  {
    ...plain,
    strategies: ['data'],
    name: 'full batch in four shards, twenty neurons, with momentum',
    hidden: [20],
    init: 'he',
    batchSize: 300,
    momentum: 0.9,
    epochs: 5,
  },
  {
    ...plain,
    strategies: both,
    name: 'wide, with momentum',
    hidden: [128],
    init: 'he',
    seed: 7,
    batchSize: 50,
    momentum: 0.9,
    epochs: 2,
  },
  {
    ...plain,
    strategies: both,
    name: 'two hidden layers of odd sizes',
    hidden: [33, 21],
    init: 'glorot',
    seed: 1,
    batchSize: 70,
    shards: 8,
    epochs: 2,
  },
  {
    ...plain,
    strategies: both,
    name: 'batches smaller than the number of shards',
    hidden: [12],
    seed: 2,
    batchSize: 5,
    shards: 8,
    epochs: 1,
  },
];

const runs = settings.flatMap(({ strategies, ...run }) =>
  strategies.map((parallel) => ({ ...run, parallel, name: `${run.name}, ${parallel}` })),
);
const images = goldenDigits.pixels();
const labels = Uint8Array.from(goldenDigits.labels);
const hashed: GoldenRun[] = [];
for (const run of runs) {
  const network = createNetwork([784, ...run.hidden, 10], run);
  const training = await createKernelTraining({ ...run, network, images, labels });
  for (let epoch = 0; epoch < run.epochs; epoch++) training.trainEpoch();
  const { parameters } = training.network();
  hashed.push({
    ...run,
    parametersSha256: createHash('sha256').update(parameterBytes(parameters)).digest('hex'),
  });
}
const provenance = {
  generator: 'packages/core/scripts/golden-runs.ts',
  command: 'pnpm --filter core golden',
  data: 'data/golden-digits.json',
};
writeFileSync(target, `${JSON.stringify({ provenance, runs: hashed }, null, 2)}\n`);
