import type { Chunk } from '@micronn/core/kernels';
import type { Samples } from '../data/samples.ts';
import type { EvaluationSet, RunMemory, TrainingPlan } from './memory.ts';
import { referenceBackend } from './reference-backend.ts';
import type { Range } from './shards.ts';
import { wasmBackend } from './wasm-backend.ts';

/**
 * The seam between the loop and the arithmetic: the loop says which shard, which samples, which of the workers; a
 * backend computes. All state is shared memory that the backend lays out once.
 */
export interface Backend {
  /** The most samples that fit between two meetings; a larger minibatch is worked through in chunks. */
  readonly chunkSize: number;
  /** What computePartials reads, other workers may have stepped: all must meet before a minibatch begins, too. */
  readonly sharesRows: boolean;
  /** What this worker's parameters add to the chunk's forward pass, for samples that are all workers'. */
  computePartials(chunk: Chunk, worker: number): void;
  /** The gradients of these shards of the chunk, in whatever form the backend keeps them. */
  computeShards(chunk: Chunk, shards: Range): void;
  /** When all shards are done: the sum of the chunk's losses, and how many it predicted right. */
  chunkSums(chunk: Chunk): { readonly loss: number; readonly correct: number };
  /**
   * This worker's part of the parameters: the shards' gradients added, and after the minibatch's last chunk divided
   * by m once, and the SGD step.
   */
  addShards(chunk: Chunk, worker: number, workers: number): void;
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
  /** The parameters as they stand, in canonical order; each is a float32. */
  readParameters(memory: RunMemory, layers: readonly number[]): Float64Array;
  /** The velocity as it stands, likewise; of length 0 when there is no momentum. */
  readVelocity(memory: RunMemory, plan: TrainingPlan): Float64Array;
  /**
   * Puts parameters and velocity back as they were read, and clears what a step left that did not end. Only while
   * no worker runs.
   */
  restore(memory: RunMemory, plan: TrainingPlan, state: TrainedState): void;
}

/** All that steps change and the next step needs, in canonical order; each number is a float32. */
export interface TrainedState {
  readonly parameters: Float64Array;
  /** Of length 0 when there is no momentum. */
  readonly velocity: Float64Array;
}

/** Runs a function of worker.ts over ranges of 0 … count − 1, on all threads. */
export type InParallel = (name: 'countWords' | 'writeLists', task: object, count: number) => Promise<void>;

/** What `--backend` can name. */
export type BackendName = 'wasm' | 'reference';

export const backends: Readonly<Record<BackendName, BackendKind>> = {
  wasm: wasmBackend,
  reference: referenceBackend,
};
