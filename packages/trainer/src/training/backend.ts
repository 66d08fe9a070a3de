import type { EvaluationMemory, TrainingMemory, TrainingPlan } from './memory.ts';
import { referenceBackend } from './reference-backend.ts';

/**
 * The seam between the loop and the arithmetic: the loop says which shard, which range, which samples; a
 * backend computes. Each worker has a backend of its own over the shared memory.
 */
export interface Backend {
  /** Fills the slot of `shard` with the sums of loss, hits and gradients over order[from … to). */
  sumShard(shard: number, from: number, to: number): void;
  /** Adds the slots in shard order, divides by m, and takes the SGD step, for parameters [from … to). */
  reduceAndStep(m: number, from: number, to: number): void;
}

/** Evaluates order[from … to) with the given parameters. */
export type Evaluate = (parameters: Float64Array, from: number, to: number) => void;

export interface BackendKind {
  createBackend(memory: TrainingMemory, plan: TrainingPlan): Backend;
  createEvaluation(memory: EvaluationMemory, layers: readonly number[]): Evaluate;
}

/** What `--backend` can name. */
export type BackendName = 'reference';

export const backends: Readonly<Record<BackendName, BackendKind>> = { reference: referenceBackend };
