import { goldenDigits } from '@micronn/fixtures';
import type { TrainingPlan } from '../src/training/memory.ts';
import type { WorkerPool } from '../src/training/pool.ts';
import { BEGIN } from '../src/training/position.ts';
import { trainNetwork } from '../src/training/train-network.ts';

/** The golden digits as samples of the trainer. */
export const digitSamples = {
  count: goldenDigits.count,
  inputs: 784,
  images: goldenDigits.pixels(),
  labels: Uint8Array.from(goldenDigits.labels),
};

/** For tests: trains on all golden digits, and returns the parameters. */
export async function trainDigits(
  pool: WorkerPool,
  plan: TrainingPlan,
  { parameters, epochs, seed }: { parameters: Float64Array; epochs: number; seed: number },
): Promise<Float64Array> {
  const { count } = digitSamples;
  const memory = await pool.allocate({ plan, parameters, train: { samples: digitSamples, count }, sets: [] });
  await trainNetwork({
    pool,
    plan,
    memory,
    trainOrder: Uint32Array.from({ length: count }, (_, i) => i),
    epochs,
    seed,
    begin: BEGIN,
    maxRestarts: 0,
    savesBeside: true,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onCheckpoint: async () => undefined,
    onEpoch: async () => undefined,
    onRestart: () => undefined,
  });
  return pool.readState(memory).parameters;
}
