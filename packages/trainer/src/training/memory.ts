import type { KernelSettings } from '@micronn/core/shared-memory';
import type { Samples } from '../data/samples.ts';

/**
 * All large state of a run, in memory that every worker shares.
 *
 * Who writes what, and when. A worker computes its part of a minibatch (a chunk of it, with `rows`), all workers meet, and
 * each averages and steps its range of the parameters:
 * - samples: nobody after load. `order`: the main thread, before an epoch's tasks start.
 * - data: gradient, touched rows and sums of a shard: the one worker that computes the shard, before the meeting; read by
 *   all after it, until the meeting after the step.
 * - rows: partial sums of z: each worker those of its own rows, before the first meeting; read by all between the first
 *   and the second. A sample's activations and dz: the worker that computes its shard, between the first and the second;
 *   read by all after the second, until the next first one.
 * - parameters, velocity: each value by the one worker that owns it, after the last meeting of a step. Others read them
 *   only after the next meeting.
 * - totals, the count of steps and STOP in `control`: worker 0, between the last meeting of a step and the next first one;
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
  /** The backend's own: parameters, gradients, and what else it needs. */
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

export type { ParallelStrategy } from '@micronn/core/kernels';

/** What training needs to know besides the data; fixed for the run. */
export type TrainingPlan = KernelSettings;

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
