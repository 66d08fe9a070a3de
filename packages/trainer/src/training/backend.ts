import type { KernelSteps, ListTask, TrainedState } from '@micronn/core/shared-memory';
import type { Samples } from '../data/samples.ts';
import type { EvaluationSet, RunMemory, TrainingPlan } from './memory.ts';
import { referenceBackend } from './reference-backend.ts';
import { wasmBackend } from './wasm-backend.ts';

export type { TrainedState } from '@micronn/core/shared-memory';

/**
 * The seam between the loop and the arithmetic: the loop says which samples, and when the workers meet; a backend computes
 * one worker's part. All state is shared memory that the backend lays out once.
 */
export interface Backend extends KernelSteps {
  /** Loss and prediction of the set's order[from … to). */
  evaluate(set: EvaluationSet, from: number, to: number): void;
}

/** What a run needs memory for. */
export interface RunRequest {
  readonly plan: TrainingPlan;
  /** The first parameters, in canonical order. */
  readonly parameters: Float64Array;
  /** What is trained on and how many of its samples; left out when there is only to evaluate. */
  readonly train?: { readonly samples: Samples; readonly count: number };
  /** What is evaluated: samples, and the places of those that count. */
  readonly sets: readonly { readonly samples: Samples; readonly places: Uint32Array }[];
  /** The most workers that will compute at once. */
  readonly workers: number;
}

export interface BackendKind {
  /** Begins what takes its time and needs no data. */
  prepare(): void;
  /** Lays a run out in shared memory. Work that the threads can share goes through `inParallel`. */
  allocate(request: RunRequest, inParallel: InParallel): Promise<RunMemory>;
  /** What a worker computes with. */
  open(memory: RunMemory, plan: TrainingPlan, worker: number): Backend;
  /** Parameters and velocity as they stand, in canonical order; each is a float32. */
  readState(memory: RunMemory): TrainedState;
  /**
   * Puts parameters and velocity back as they were read, and clears what a step left that did not end. Only while
   * no worker runs.
   */
  restore(memory: RunMemory, state: TrainedState): void;
}

/** Makes the lists of `count` samples on all threads. */
export type InParallel = (task: ListTask, count: number) => Promise<void>;

/** What `--backend` can name. */
export type BackendName = 'wasm' | 'reference';

export const backends: Readonly<Record<BackendName, BackendKind>> = {
  wasm: wasmBackend,
  reference: referenceBackend,
};
