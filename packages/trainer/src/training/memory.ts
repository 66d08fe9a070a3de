import type { Samples } from '../data/samples.ts';

/**
 * All large state of a run, in memory that every worker shares.
 *
 * Who writes what, and when. Each chunk of a minibatch has two meetings:
 * - samples: nobody after load. `order`: the main thread, before an epoch's tasks start.
 * - partials: each worker those of its own rows, before the first meeting; read by all between the first and the
 *   second.
 * - what a shard leaves (its slot, or its samples' activations and dz): by the one worker that computes it, between
 *   the first meeting and the second; read by all after the second, until the next first one.
 * - parameters, velocity: each value by the one worker that owns it, between the second meeting and the next first
 *   one. Until that one nobody else reads them.
 * - totals, the count of steps and STOP in `control`: worker 0, between the second meeting and the next first one;
 *   read by all after that.
 */
export interface RunMemory {
  /** Tells one run's memory from another's, in a worker that gets a copy of this with every task. */
  readonly id: number;
  /** This epoch's order: places of training samples. */
  readonly order: Uint32Array;
  /** Of the epoch so far: the sum of losses, and the number predicted right. */
  readonly totals: Float64Array;
  /** The barrier's words and the count of steps done; see barrier.ts. */
  readonly control: Int32Array;
  /** What is evaluated, in the order in which it was asked for. */
  readonly sets: readonly EvaluationSet[];
  /** The backend's own: parameters, what the shards leave, and what else it needs. */
  readonly state: unknown;
}

/** A set to evaluate, and what its evaluation leaves: every sample's loss and prediction. */
export interface EvaluationSet {
  readonly samples: Samples;
  /** Places in `samples` of those to evaluate. */
  readonly order: Uint32Array;
  readonly losses: Float32Array | Float64Array;
  readonly predictions: Uint8Array;
}

/** How the workers share a minibatch: each computes the gradients of its shards, or owns rows of the first layer. */
export type ParallelStrategy = 'data' | 'rows';

/** What training needs to know besides the data; fixed for the run. */
export interface TrainingPlan {
  readonly parallel: ParallelStrategy;
  readonly layers: readonly number[];
  readonly batchSize: number;
  readonly shards: number;
  readonly learningRate: number;
  readonly momentum: number;
}

/** A cache line, in words of `control`: what is written in every step has one to itself, as another thread watches it. */
const LINE = 16;

export const ABORT = 0;
/** Set by the main thread: stop after the step that is under way. */
export const STOP_REQUEST = 1;
/** Set by worker 0 when it has seen the request, so that all stop after the same step. */
export const STOP = 2;
/** How many workers sleep, or are about to. */
export const SLEEPING = 3;
export const STEPS_DONE = LINE;

/** How many meetings a worker has come to. */
export function meetingsOf(worker: number): number {
  return LINE * (2 + worker);
}

let runs = 0;

/** A number that no other memory of this process has. */
export function nextRunId(): number {
  runs++;
  return runs;
}

export function createControl(workers: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * meetingsOf(workers)));
}

export function sharedFloats(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}

export function sharedPlaces(places: Uint32Array): Uint32Array {
  const shared = new Uint32Array(new SharedArrayBuffer(places.length * 4));
  shared.set(places);
  return shared;
}
