import type { EpochOrder } from '@micronn/core';
import type { KernelSteps, ListTask, TrainedState } from '@micronn/core/shared-memory';
import type { SampleSet } from '../data/samples.ts';
import type { EvaluationSet, RunMemory, TrainingPlan } from './memory.ts';
import type { MemoryLimit, MemoryNeed } from './memory-need.ts';

export type { TrainedState } from '@micronn/core/shared-memory';

/**
 * The interface between the training loop and the arithmetic: the loop chooses the samples and makes the workers
 * meet; a backend computes one worker's part of each step. All state is shared memory, which the backend allocates
 * once.
 */
export interface Backend extends KernelSteps {
  /** Computes loss and prediction of the set's order[from … to). */
  evaluate(set: EvaluationSet, from: number, to: number): void;
}

/** What the memory of a run depends on. */
export interface RunRequest {
  readonly plan: TrainingPlan;
  /** The first parameters, in canonical order. */
  readonly parameters: Float64Array;
  /** The training set and its number of samples in an epoch; left out to evaluate only. */
  readonly train?: { readonly samples: SampleSet; readonly count: number };
  /** The sets to evaluate: samples, and the numbers of those to evaluate. */
  readonly sets: readonly { readonly samples: SampleSet; readonly places: Uint32Array }[];
  /** The largest number of workers that compute at the same time. */
  readonly workers: number;
}

/** What the memory of a run depends on, besides the values of its parameters. */
export type RunSize = Omit<RunRequest, 'parameters'>;

/** The same run without its data: what is left is the need of the network. */
export function withoutData({ plan, train, workers }: RunSize): RunSize {
  const samples = { count: 0, inputs: plan.layers[0]!, images: new Uint8Array(0), labels: new Uint8Array(0) };
  return { plan, ...(train && { train: { samples, count: train.count } }), sets: [], workers };
}

export interface BackendKind {
  /** Starts slow preparations that need no data. */
  prepare(): void;
  /** The most memory that a run can have. */
  readonly limit: MemoryLimit;
  /** The least memory that a run needs, by arithmetic alone. */
  need(size: RunSize): MemoryNeed;
  /**
   * Allocates a run in shared memory. `makeLists` divides work among the threads.
   *
   * @throws MemoryShortage when the run does not fit
   */
  allocate(request: RunRequest, makeLists: MakeLists): Promise<RunMemory>;
  /** Writes the order of an epoch into the memory, as `epochOrderInto` does. Only while no worker runs. */
  orderEpoch(memory: RunMemory, places: Uint32Array, order: EpochOrder): void;
  /** Opens the run for one worker. */
  open(memory: RunMemory, plan: TrainingPlan, worker: number): Backend;
  /** Reads the current parameters and velocity, in canonical order; each is a float32. Only while no worker runs. */
  readState(memory: RunMemory): TrainedState;
  /** Restores parameters and velocity, and clears what an unfinished step left behind. Only while no worker runs. */
  restore(memory: RunMemory, state: TrainedState): void;
}

/** Makes the lists of all samples of a set, or counts their words. */
export type MakeLists = (task: ListTask, samples: SampleSet) => Promise<void>;

/** The values of `--backend`. */
export const backendNames = ['wasm', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];
