/**
 * The tasks of the pool's threads. A task carries all its data; the large data is shared memory, so only references
 * are sent.
 */
import { type Chunk, type ListTask, makeLists } from '@micronn/core/shared-memory';
import { withImages } from '../data/images.ts';
import type { SampleSet } from '../data/samples.ts';
import type { Backend, BackendName } from './backend.ts';
import { backends } from './backends.ts';
import { Barrier } from './barrier.ts';
import { type RunMemory, STEPS_DONE, STOP, STOP_REQUEST, type TrainingPlan } from './memory.ts';
import type { Range } from './shards.ts';

/** Steps [from … to) of an epoch, counted from 0. */
export interface StepsTask extends Range {
  readonly memory: RunMemory;
  readonly plan: TrainingPlan;
  readonly backend: BackendName;
  /** Number of this worker, from 0. */
  readonly worker: number;
  readonly workers: number;
  /** Whether there are more threads than cores. */
  readonly crowded: boolean;
}

/** How the steps ended, the same for all workers. */
export type StepsEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'aborted' }
  /** Stopped by request, after `step` steps of the epoch. */
  | { readonly kind: 'stopped'; readonly step: number }
  /** The loss of the minibatch of this step (from 1 within the epoch) was not finite. */
  | { readonly kind: 'diverged'; readonly step: number };

/** Observes the steps of one worker. */
export interface StepObserver {
  /** Before the worker starts a step (from 0 within the epoch). */
  beforeStep(step: number): void;
  /** When every worker's gradients of the step are complete, before the worker updates its parameters. */
  beforeUpdate(step: number): void;
}

/** A task, with the backend and the barrier of this worker. */
interface Steps extends Omit<StepsTask, 'backend'> {
  readonly backend: Backend;
  readonly barrier: Barrier;
  readonly observer: StepObserver | undefined;
}

/**
 * Trains steps of one epoch, on one worker. All workers must run this at the same time, because they meet in every
 * step. Adds to the totals.
 */
export function trainSteps(task: StepsTask): StepsEnd {
  const { memory, worker, workers, crowded } = task;
  return runSteps(task, new Barrier(memory.control, worker, workers, crowded));
}

/** {@link trainSteps} with a given barrier and, optionally, an observer. */
export function runSteps(task: StepsTask, barrier: Barrier, observer?: StepObserver): StepsEnd {
  const { memory, plan, worker, from, to } = task;
  const steps: Steps = {
    ...task,
    backend: openBackend(memory, plan, task.backend, worker),
    barrier,
    observer,
  };
  // A step is a separate function, because this one is called once per epoch: V8 would compile the whole step with
  // its loop, and again in each of the first epochs.
  for (let step = from; step < to; step++) {
    const end = trainStep(steps, step);
    if (end) return end;
  }
  // After the last meeting, the decision of worker 0 is visible to all.
  if (!steps.barrier.meet()) return { kind: 'aborted' };
  return isStopped(memory.control) ? { kind: 'stopped', step: to } : { kind: 'done' };
}

/**
 * Trains one step: the forward and the backward pass, with a meeting after each function of `compute`, then average
 * and step. Returns how the steps ended, or undefined to continue.
 */
function trainStep(
  { memory, plan, backend, barrier, worker, observer }: Steps,
  step: number,
): StepsEnd | undefined {
  const { order, totals, control } = memory;
  const { batchSize } = plan;
  const { compute, meetsAfterStep } = backend;
  observer?.beforeStep(step);
  const start = step * batchSize;
  const m = Math.min(batchSize, order.length - start);
  for (let from = start; from < start + m; from += backend.chunkSize) {
    const to = Math.min(from + backend.chunkSize, start + m);
    const chunk: Chunk = { from, to, m, first: from === start, last: to === start + m };
    for (let k = 0; k < compute.length; k++) {
      compute[k]!(chunk);
      if (!barrier.meet()) return { kind: 'aborted' };
      if (k === 0 && chunk.first && !meetsAfterStep && isStopped(control)) return { kind: 'stopped', step };
    }
    if (chunk.last) observer?.beforeUpdate(step);

    const { loss, correct } = backend.sums(chunk);
    // Every worker computes the same sum, so all of them return.
    if (!Number.isFinite(loss)) return { kind: 'diverged', step: step + 1 };
    backend.averageAndStep(chunk);
    if (worker === 0) {
      totals[0]! += loss;
      totals[1]! += correct;
      if (chunk.last) finishStep(control, step + 1);
    }
    if (chunk.last && meetsAfterStep) {
      if (!barrier.meet()) return { kind: 'aborted' };
      if (isStopped(control)) return { kind: 'stopped', step: step + 1 };
    }
  }
  return undefined;
}

/**
 * Whether worker 0 decided to stop after a step. All workers read this after the first meeting that follows the step,
 * and worker 0 decides again only after a later meeting, so all of them read the same value.
 */
function isStopped(control: Int32Array): boolean {
  return Atomics.load(control, STOP) === 1;
}

/**
 * Counts the step and decides whether to stop. Only worker 0 calls this: if each worker read the request itself, some
 * might see it a step later.
 */
function finishStep(control: Int32Array, done: number): void {
  Atomics.store(control, STEPS_DONE, done);
  if (Atomics.load(control, STOP_REQUEST) === 1) Atomics.store(control, STOP, 1);
}

export interface EvaluationTask extends Range {
  readonly memory: RunMemory;
  readonly plan: TrainingPlan;
  readonly backend: BackendName;
  /** Number of the set in the memory. */
  readonly set: number;
  readonly worker: number;
}

/** Computes loss and prediction of a range of a set's samples. */
export function evaluateRange({ memory, plan, backend, set, worker, from, to }: EvaluationTask): void {
  openBackend(memory, plan, backend, worker).evaluate(memory.sets[set]!, from, to);
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

/** Makes the lists of a range of samples, or counts their words. */
export function listSamples({ task, samples, from, to }: SamplesTask): void {
  withImages(samples, (read) => makeLists(task, read, from, to));
}
