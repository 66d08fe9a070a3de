import { createNetwork, type Network } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';
import type { Question, TrainingReport } from './messages.ts';

/** A training run in the worker, counted in steps. */
export interface WorkerRun {
  readonly steps: () => number;
  /** The network, with its current parameters. */
  readonly network: () => Network;
  /** Trains one minibatch. */
  readonly step: () => void;
  /** Progress since the last report; undefined if there was no step since. */
  readonly report: () => TrainingReport | undefined;
}

/** Creates a run with freshly drawn parameters. */
export async function createWorkerRun({ settings, samples }: Question<'init'>): Promise<WorkerRun> {
  const { layers, init, seed } = settings;
  const network = createNetwork(layers, { seed, init });
  const training = await createKernelTraining({ ...settings, ...samples, network });
  const total = { steps: 0, samples: 0, seconds: 0 };
  let since = { loss: 0, correct: 0, samples: 0 };
  return {
    steps: () => total.steps,
    network: () => training.network(),
    step() {
      const from = performance.now();
      const { loss, accuracy, samples: count } = training.trainSteps(1);
      total.seconds += (performance.now() - from) / 1000;
      total.steps++;
      total.samples += count;
      since.loss += loss * count;
      since.correct += accuracy * count;
      since.samples += count;
    },
    report() {
      const { loss, correct, samples: count } = since;
      if (count === 0) return undefined;
      since = { loss: 0, correct: 0, samples: 0 };
      return { ...total, loss: loss / count, accuracy: correct / count };
    },
  };
}
