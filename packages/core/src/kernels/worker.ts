import { instantiateKernels } from './compile.ts';
import { dataSteps } from './data/data-steps.ts';
import { selectSamples } from './describe.ts';
import type { EvaluationAddresses } from './plan.ts';
import { rowsSteps } from './rows/rows-steps.ts';
import type { KernelRun } from './run.ts';
import type { KernelSteps } from './steps.ts';

/** One worker's calls of the kernels. */
export interface KernelWorker extends KernelSteps {
  /**
   * Computes losses and predictions of the set's order[from … to); workers may evaluate ranges that do not overlap at
   * the same time.
   */
  evaluate(set: EvaluationAddresses, from: number, to: number): void;
}

/**
 * Binds the kernels to a run for one of its workers.
 *
 * @param worker number of the worker, from 0
 */
export function createKernelWorker({ module, memory, plan }: KernelRun, worker: number): KernelWorker {
  const kernels = instantiateKernels(module, memory);
  const network = plan.networks[worker]!;
  if (plan.train) selectSamples(memory, network, plan.train);
  const { parallel } = plan.settings;
  const steps = (parallel === 'data' ? dataSteps : rowsSteps)(kernels, memory, plan, worker);
  return {
    ...steps,
    evaluate(set, from, to) {
      selectSamples(memory, network, set.samples);
      kernels.evaluate(
        network,
        set.order + 4 * from,
        to - from,
        set.losses + 4 * from,
        set.predictions + 2 * from,
      );
      if (plan.train) selectSamples(memory, network, plan.train);
    },
  };
}
