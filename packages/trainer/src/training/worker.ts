/**
 * What runs on the pool's threads. A task carries all that it needs; the large parts of it are shared
 * memory, so only references travel.
 */
import { type BackendName, backends } from './backend.ts';
import { createBarrier } from './barrier.ts';
import { type EvaluationMemory, STEPS_DONE, type TrainingMemory, type TrainingPlan } from './memory.ts';
import { evenRange } from './shards.ts';

export interface EpochTask {
  readonly memory: TrainingMemory;
  readonly plan: TrainingPlan;
  readonly backend: BackendName;
  /** Which of `workers` this is. */
  readonly worker: number;
  readonly workers: number;
  /** More threads than cores. */
  readonly crowded: boolean;
}

/** How an epoch ended; all of its workers say the same. */
export type EpochEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'aborted' }
  /** The loss of the minibatch of this step (from 1 within the epoch) was not finite. */
  | { readonly kind: 'diverged'; readonly step: number };

/** One epoch of steps. As many of these run at once as there are workers, and they meet in every step. */
export function trainEpoch({ memory, plan, backend: name, worker, workers, crowded }: EpochTask): EpochEnd {
  const { order, parameters, shardLoss, shardCorrect, totals, control } = memory;
  const { batchSize, shards } = plan;
  const backend = backends[name].createBackend(memory, plan);
  const barrier = createBarrier(control, workers, crowded);
  const mine = evenRange(shards, workers, worker);
  const owned = evenRange(parameters.length, workers, worker);
  const steps = Math.ceil(order.length / batchSize);

  for (let step = 0; step < steps; step++) {
    const start = step * batchSize;
    const m = Math.min(batchSize, order.length - start);
    for (let shard = mine.from; shard < mine.to; shard++) {
      const { from, to } = evenRange(m, shards, shard);
      backend.sumShard(shard, start + from, start + to);
    }
    // First meeting: all slots are full.
    if (!barrier.meet()) return { kind: 'aborted' };

    let loss = 0;
    for (let shard = 0; shard < shards; shard++) loss += shardLoss[shard]!;
    // Every worker sees the same sum here, so all of them leave together.
    if (!Number.isFinite(loss)) return { kind: 'diverged', step: step + 1 };
    backend.reduceAndStep(m, owned.from, owned.to);
    if (worker === 0) {
      totals[0]! += loss;
      for (let shard = 0; shard < shards; shard++) totals[1]! += shardCorrect[shard]!;
      Atomics.store(control, STEPS_DONE, step + 1);
    }
    // Second meeting: all parameters are new, and the slots may be written again.
    if (!barrier.meet()) return { kind: 'aborted' };
  }
  return { kind: 'done' };
}

export interface EvaluationTask {
  readonly memory: EvaluationMemory;
  readonly layers: readonly number[];
  readonly parameters: Float64Array;
  readonly backend: BackendName;
  readonly from: number;
  readonly to: number;
}

/** Loss and prediction of a range of samples. */
export function evaluateRange({ memory, layers, parameters, backend, from, to }: EvaluationTask): void {
  backends[backend].createEvaluation(memory, layers)(parameters, from, to);
}
