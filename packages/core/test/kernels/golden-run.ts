import { type GoldenRun, goldenDigits } from '@micronn/fixtures';
import { createNetwork } from '../../src/initialize.ts';
import { createKernelTraining } from '../../src/kernels/training.ts';
import { parameterBytes } from '../../src/parameters.ts';

/** Trains a golden run and returns the hash of its parameters; the same code runs in Node and in a page. */
export async function hashOfRun(run: GoldenRun, shared: boolean): Promise<string> {
  const training = await createKernelTraining({
    ...run,
    network: createNetwork([784, ...run.hidden, 10], run),
    images: goldenDigits.pixels(),
    labels: Uint8Array.from(goldenDigits.labels),
    shared,
  });
  for (let epoch = 0; epoch < run.epochs; epoch++) training.trainEpoch();
  const digest = await crypto.subtle.digest('SHA-256', parameterBytes(training.network().parameters));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
