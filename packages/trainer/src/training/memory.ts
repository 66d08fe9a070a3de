import type { KernelSettings, Labels } from '@micronn/core/shared-memory';
import type { SampleSet } from '../data/samples.ts';

/**
 * All large state of a run, in memory that every worker shares.
 *
 * Who writes what, and when. Each worker computes its part of a minibatch, or with `rows` of a chunk; all workers
 * meet; then each averages and steps the parameters that it owns.
 *
 * - Samples: written once, before training. `order`: the main thread writes it before an epoch's tasks start.
 * - data: gradient, touched rows and sums of a shard: the one worker that computes the shard writes them before the
 *   meeting; all read them between this meeting and the one after the step.
 * - rows: partial sums of z: each worker writes those of its own rows before the first meeting; all read them between
 *   the first and the second. (If two workers share a pair, each adds the pair's sums for the samples of its own
 *   shards.) A sample's activations and dz: the worker that computes its shard writes them between the first and the
 *   second meeting; all read them between the second and the next first one.
 * - Parameters, velocity: the one worker that owns a value writes it after the last meeting of a step. Others read it
 *   only after the next meeting.
 * - Totals, and the number of steps, STOP and the team in `control`: the leader writes them between the last meeting of
 *   a step and the next first one; all read them after that.
 *
 * A worker's part is computed by any thread of the team; who computes it changes only at a meeting (see team.ts).
 */
export interface RunMemory {
  /** Identifies this memory in a worker, which gets a copy of this object with every task. */
  readonly id: number;
  /** The order of the current epoch: numbers of training samples. */
  readonly order: Uint32Array;
  /** The epoch so far: the sum of the losses, and the number of correct predictions. */
  readonly totals: Float64Array;
  /** The words of the barrier, and the number of steps done; see barrier.ts. */
  readonly control: Int32Array;
  /** The sets to evaluate, in the order of the request. */
  readonly sets: readonly EvaluationSet[];
  /** The backend's own state: parameters, gradients and buffers. */
  readonly state: unknown;
}

/** A set to evaluate, and the results: every sample's loss and prediction. */
export interface EvaluationSet {
  readonly samples: SampleSet;
  /** Numbers of the samples to evaluate. */
  readonly order: Uint32Array;
  readonly losses: Float32Array | Float64Array;
  readonly predictions: Labels;
}

export type { ParallelStrategy } from '@micronn/core/kernels';

/** The settings of training, fixed for the run. */
export type TrainingPlan = KernelSettings;

/**
 * Words of `control` in a cache line. A word that changes in every step has its own line, because other threads watch
 * it.
 */
const LINE = 16;

export const ABORT = 0;
/** Set by the main thread: stop after the current step. */
export const STOP_REQUEST = 1;
/** Set by the leader after it has seen the request, so that all threads stop after the same step. */
export const STOP = 2;
/** The number of threads that sleep, or are about to. */
export const SLEEPING = 3;
/** The number of threads in the team, with the bit `TEAM_ENDED` after the last step. */
export const TEAM = 4;
/** What a thread that joins must know, written before TEAM: the next step, the leader's meetings, and the team so far. */
export const JOIN_STEP = 5;
export const JOIN_MEETINGS = 6;
export const JOIN_TEAM = 7;
/** How long the last late meeting took, in microseconds; written by the threads that waited, cleared by the leader. */
export const LATE = 8;
/** How much of the time lost at late meetings the team has not made up for, in microseconds. Survives an epoch. */
export const DEBT = 9;
export const STEPS_DONE = LINE;
/** The place of the set from which on no thread evaluates yet. */
export const EVALUATED = 2 * LINE;

/** The word that counts the meetings of the thread of this rank. */
export function meetingsOf(rank: number): number {
  return LINE * (3 + rank);
}

/** The word with which the thread of this rank tells the leader that it is ready to join. */
export function readyOf(rank: number): number {
  return meetingsOf(rank) + 1;
}

const TEAM_ENDED = 1 << 20;

/** The number of threads in the team, also after its end. */
export function teamSize(control: Int32Array): number {
  return Atomics.load(control, TEAM) & (TEAM_ENDED - 1);
}

export function hasTeamEnded(control: Int32Array): boolean {
  return Atomics.load(control, TEAM) >= TEAM_ENDED;
}

/** Frees the threads that wait to join the team: they see a word larger than any rank. */
export function endTeam(control: Int32Array): void {
  Atomics.or(control, TEAM, TEAM_ENDED);
  Atomics.notify(control, TEAM);
}

let runs = 0;

/** Returns a number that no other memory of this process has. */
export function nextRunId(): number {
  runs++;
  return runs;
}

/** @param threads the largest number of threads in a team */
export function createControl(threads: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * meetingsOf(threads)));
}

export function sharedFloats(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}

export function sharedPlaces(places: Uint32Array): Uint32Array {
  const shared = new Uint32Array(new SharedArrayBuffer(places.length * 4));
  shared.set(places);
  return shared;
}
