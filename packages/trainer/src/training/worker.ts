/**
 * The tasks of the pool's threads. A task carries all its data; the large data is shared memory, so only references
 * are sent.
 */
import { type Chunk, type ListTask, makeLists } from '@micronn/core/shared-memory';
import { type Fault, faultOf } from '../data/fault.ts';
import { withImages } from '../data/images.ts';
import type { SampleSet } from '../data/samples.ts';
import type { Backend, BackendName } from './backend.ts';
import { backends } from './backends.ts';
import { Barrier } from './barrier.ts';
import {
  EVALUATED,
  type RunMemory,
  STEPS_DONE,
  STOP,
  STOP_REQUEST,
  type TrainingPlan,
  teamSize,
} from './memory.ts';
import { evenRange, type Range } from './shards.ts';
import { joinTeam, Leader } from './team.ts';

/** Steps [from … to) of an epoch, counted from 0. */
export interface StepsTask extends Range {
  readonly memory: RunMemory;
  readonly plan: TrainingPlan;
  readonly backend: BackendName;
  /** Number of this thread in the team, from 0; the thread of rank 0 leads. */
  readonly rank: number;
  /** The number of workers that the work is divided among; a thread computes the parts of one or several. */
  readonly workers: number;
  /** The number of threads that start together with the leader, with it. */
  readonly threads: number;
  /** How many milliseconds the others wait for a thread before it is late. */
  readonly patience: number;
}

/** How the steps ended, the same for all threads of the team. */
export type StepsEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'aborted' }
  /** Stopped by request, after `step` steps of the epoch. */
  | { readonly kind: 'stopped'; readonly step: number }
  /** The loss of the minibatch of this step (from 1 within the epoch) was not finite. */
  | { readonly kind: 'diverged'; readonly step: number }
  /** Only this thread's end: the leader made the team smaller. */
  | { readonly kind: 'dismissed' }
  /** Only this thread's end: the leader did not take it into the team before the end. */
  | { readonly kind: 'unneeded' };

/** Observes the steps of one thread. */
export interface StepObserver {
  /** Before the thread starts a step (from 0 within the epoch). */
  beforeStep(step: number): void;
  /** When every worker's gradients of the step are complete, before the thread updates its parameters. */
  beforeUpdate(step: number): void;
}

/** A task, with the backends and the barrier of this thread. */
interface Steps extends StepsTask {
  /** What all workers have in common. */
  readonly common: Backend;
  readonly barrier: Barrier;
  readonly leader: Leader | undefined;
  readonly observer: StepObserver | undefined;
  /** The size of the team. */
  team: number;
  /** The backends of the workers whose parts this thread computes. */
  mine: readonly Backend[];
}

/**
 * Trains steps of one epoch, on one thread of the team. Adds to the totals. The leader (rank 0) trains all steps; other threads
 * join when the leader takes them into the team, and leave when the team gets smaller.
 */
export function trainSteps(task: StepsTask): StepsEnd {
  const { memory, rank, workers, patience } = task;
  const { control } = memory;
  return runSteps(task, new Barrier(control, rank, patience), new Leader(control, workers, patience));
}

/** {@link trainSteps} with a given barrier and leader and, optionally, an observer. */
export function runSteps(
  task: StepsTask,
  barrier: Barrier,
  leader: Leader,
  observer?: StepObserver,
): StepsEnd {
  const { memory, plan, backend, rank, from, threads } = task;
  const common = openBackend(memory, plan, backend, rank);
  if (rank > 0) {
    const joined = joinTeam(memory.control, rank);
    if (!joined) return { kind: 'unneeded' };
    barrier.meetings = joined.meetings;
    const { step, team } = joined;
    return runFrom(step, { ...task, common, barrier, leader: undefined, observer, team, mine: [] });
  }
  try {
    leader.gather(threads, from);
    const steps: Steps = { ...task, common, barrier, leader, observer, team: 1, mine: [] };
    takeParts(steps);
    return runFrom(from, steps);
  } finally {
    leader.end();
  }
}

function runFrom(first: number, steps: Steps): StepsEnd {
  // A step is a separate function, because this one is called once per epoch: V8 would compile the whole step with
  // its loop, and again in each of the first epochs.
  for (let step = first; step < steps.to; step++) {
    const end = trainStep(steps, step);
    if (end) return end;
  }
  if (!steps.barrier.meet(steps.team)) return { kind: 'aborted' };
  return readDecisions(steps, steps.to) ?? { kind: 'done' };
}

/**
 * Trains one step: the forward and the backward pass, with a meeting after each function of `compute`, then average
 * and step. Returns how the steps ended, or undefined to continue.
 */
function trainStep(steps: Steps, step: number): StepsEnd | undefined {
  const { memory, plan, common, barrier, leader, observer } = steps;
  const { order, totals, control } = memory;
  const { batchSize } = plan;
  const { compute, meetsAfterStep, chunkSize } = common;
  observer?.beforeStep(step);
  if (meetsAfterStep) {
    // The meeting after the previous step.
    if (!barrier.meet(steps.team)) return { kind: 'aborted' };
    const end = readDecisions(steps, step);
    if (end) return end;
  }
  const start = step * batchSize;
  const m = Math.min(batchSize, order.length - start);
  for (let from = start; from < start + m; from += chunkSize) {
    const to = Math.min(from + chunkSize, start + m);
    const chunk: Chunk = { from, to, m, first: from === start, last: to === start + m };
    for (let k = 0; k < compute.length; k++) {
      for (const worker of steps.mine) worker.compute[k]!(chunk);
      if (!barrier.meet(steps.team)) return { kind: 'aborted' };
      if (k === 0 && chunk.first && !meetsAfterStep) {
        const end = readDecisions(steps, step);
        if (end) return end;
      }
    }
    if (chunk.last) observer?.beforeUpdate(step);

    const { loss, correct } = common.sums(chunk);
    // Every thread computes the same sum, so all of them return.
    if (!Number.isFinite(loss)) return { kind: 'diverged', step: step + 1 };
    for (const worker of steps.mine) worker.averageAndStep(chunk);
    if (leader) {
      totals[0]! += loss;
      totals[1]! += correct;
      if (chunk.last) finishStep(control, step + 1, leader, barrier.meetings);
    }
  }
  return undefined;
}

/**
 * Reads what the leader decided after the previous step: whether to stop, and the size of the team. All threads read
 * this after the first meeting that follows the step, and the leader decides again only after a later meeting, so all
 * of them read the same values.
 *
 * @param step the number of steps done
 */
function readDecisions(steps: Steps, step: number): StepsEnd | undefined {
  const { control } = steps.memory;
  const team = teamSize(control);
  // First of all, because the team does not wait for this thread any more: it may have decided to stop since.
  if (steps.rank >= team) return { kind: 'dismissed' };
  if (Atomics.load(control, STOP) === 1) return { kind: 'stopped', step };
  if (team === steps.team) return undefined;
  steps.team = team;
  takeParts(steps);
  return undefined;
}

/** Divides the workers among the threads of the team. */
function takeParts(steps: Steps): void {
  const { memory, plan, backend, workers, team, rank } = steps;
  const { from, to } = evenRange(workers, team, rank);
  steps.mine = Array.from({ length: to - from }, (_, k) => openBackend(memory, plan, backend, from + k));
}

/**
 * Counts the step, and decides whether to stop, and on the team of the next step. Only the leader calls this: if each
 * thread read the request itself, some might see it a step later.
 */
function finishStep(control: Int32Array, done: number, leader: Leader, meetings: number): void {
  Atomics.store(control, STEPS_DONE, done);
  if (Atomics.load(control, STOP_REQUEST) === 1) Atomics.store(control, STOP, 1);
  else leader.decide(done, meetings);
}

export interface EvaluationTask {
  readonly memory: RunMemory;
  readonly plan: TrainingPlan;
  readonly backend: BackendName;
  /** Number of the set in the memory. */
  readonly set: number;
  /** Number of this thread among those that evaluate, from 0. */
  readonly worker: number;
}

/** The number of samples that a thread takes at once: a thread that loses its core holds up no more than these. */
const BLOCK = 256;

/** Computes loss and prediction of a set's samples, together with other threads: each takes the next block. */
export function evaluateBlocks({ memory, plan, backend, set, worker }: EvaluationTask): void {
  const kernels = openBackend(memory, plan, backend, worker);
  const { [set]: samples } = memory.sets;
  const { length } = samples!.order;
  for (;;) {
    const from = Atomics.add(memory.control, EVALUATED, BLOCK);
    if (from >= length) return;
    kernels.evaluate(samples!, from, Math.min(from + BLOCK, length));
  }
}

/**
 * The backends that this thread has opened, by worker. They are kept because every epoch brings a task, and
 * instantiating the kernels is expensive.
 */
const opened = new Map<number, { readonly run: number; readonly backend: Backend }>();

function openBackend(memory: RunMemory, plan: TrainingPlan, name: BackendName, worker: number): Backend {
  const known = opened.get(worker);
  if (known?.run === memory.id) return known.backend;
  const backend = backends[name].open(memory, plan, worker);
  opened.set(worker, { run: memory.id, backend });
  return backend;
}

/** A range of the samples of a set. */
export interface SamplesTask extends Range {
  readonly task: ListTask;
  readonly samples: SampleSet;
}

/**
 * Makes the lists of a range of samples, or counts their words. Returns a fault in the file of the images; throws internal
 * errors.
 */
export function listSamples({ task, samples, from, to }: SamplesTask): Fault | undefined {
  try {
    withImages(samples, (read) => makeLists(task, read, from, to));
    return undefined;
  } catch (error) {
    return faultOf(error);
  }
}
