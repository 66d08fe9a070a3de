import { parameterCount } from '@micronn/core';
import type { Samples } from '../data/samples.ts';

/**
 * All large state of a training run, in memory that every worker shares.
 *
 * Who writes what, between which meetings at the barrier:
 * - images, labels: nobody after load. `order`: the main thread, before an epoch's tasks start.
 * - slots, shardLoss, shardCorrect: shard s by the one worker that computes it, before the first meeting of
 *   a step; read by all between the first meeting and the second.
 * - parameters, velocity: each value by the one worker that owns its range, between the first meeting and
 *   the second; read by all outside of that.
 * - totals, and the count of steps in `control`: worker 0, between the first meeting and the second.
 */
export interface TrainingMemory {
  readonly samples: Samples;
  /** This epoch's order: places of training samples in `samples`. */
  readonly order: Uint32Array;
  /** The flat vector. Every value is a float32 at the end of a step, so files and hashes lose nothing. */
  readonly parameters: Float64Array;
  readonly velocity: Float64Array;
  /** One sum of gradients per shard, one after another. */
  readonly slots: Float64Array;
  /** Sum of the losses of each shard's samples. */
  readonly shardLoss: Float64Array;
  /** Number of each shard's samples that were predicted right. */
  readonly shardCorrect: Uint32Array;
  /** Of the epoch so far: the sum of losses, and the number predicted right. */
  readonly totals: Float64Array;
  /** The barrier's words and the count of steps done; see barrier.ts. */
  readonly control: Int32Array;
}

/** What training needs to know besides the data; fixed for the run. */
export interface TrainingPlan {
  readonly layers: readonly number[];
  readonly batchSize: number;
  readonly shards: number;
  readonly learningRate: number;
  readonly momentum: number;
}

/** Takes the memory of a run and puts the first parameters there. */
export function createTrainingMemory(
  samples: Samples,
  trainCount: number,
  plan: TrainingPlan,
  parameters: Float64Array,
): TrainingMemory {
  const count = parameterCount(plan.layers);
  const memory: TrainingMemory = {
    samples,
    order: new Uint32Array(new SharedArrayBuffer(trainCount * 4)),
    parameters: sharedFloats(count),
    velocity: sharedFloats(plan.momentum === 0 ? 0 : count),
    slots: sharedFloats(count * plan.shards),
    shardLoss: sharedFloats(plan.shards),
    shardCorrect: new Uint32Array(new SharedArrayBuffer(plan.shards * 4)),
    totals: sharedFloats(2),
    control: new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4)),
  };
  memory.parameters.set(parameters);
  return memory;
}

/** Words of `control`. */
export const ARRIVED = 0;
export const GENERATION = 1;
export const ABORT = 2;
export const STEPS_DONE = 3;
const CONTROL_WORDS = 4;

function sharedFloats(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}

/** What evaluating a set leaves behind: every sample's loss and prediction, each written by one worker. */
export interface EvaluationMemory {
  readonly samples: Samples;
  /** Places in `samples` of those to evaluate. */
  readonly order: Uint32Array;
  readonly losses: Float64Array;
  readonly predictions: Uint8Array;
}

/** Takes the memory to evaluate the samples at these places. */
export function createEvaluationMemory(samples: Samples, places: Uint32Array): EvaluationMemory {
  const order = new Uint32Array(new SharedArrayBuffer(places.length * 4));
  order.set(places);
  return {
    samples,
    order,
    losses: sharedFloats(places.length),
    predictions: new Uint8Array(new SharedArrayBuffer(places.length)),
  };
}
