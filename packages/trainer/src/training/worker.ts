/**
 * What runs on the pool's threads. A task carries all that it needs; the large parts of it are shared
 * memory, so only references travel.
 */
import { type Chunk, type ListTask, makeLists } from '@micronn/core/shared-memory';
import { type Backend, type BackendName, backends } from './backend.ts';
import { Barrier } from './barrier.ts';
import { type RunMemory, STEPS_DONE, STOP, STOP_REQUEST, type TrainingPlan } from './memory.ts';
import type { Range } from './shards.ts';

/** Steps of an epoch, from 0: the first of them, and the one before which the task ends. */
export interface StepsTask extends Range {
  readonly memory: RunMemory;
  readonly plan: TrainingPlan;
  readonly backend: BackendName;
  /** Which of `workers` this is. */
  readonly worker: number;
  readonly workers: number;
  /** More threads than cores. */
  readonly crowded: boolean;
}

/** How the steps ended; all of the workers say the same. */
export type StepsEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'aborted' }
  /** Asked to stop; so many steps of the epoch are done. */
  | { readonly kind: 'stopped'; readonly step: number }
  /** The loss of the minibatch of this step (from 1 within the epoch) was not finite. */
  | { readonly kind: 'diverged'; readonly step: number };

/** Follows one worker through its steps. */
export interface StepObserver {
  /** Before the worker starts a step (from 0 within the epoch). */
  beforeStep(step: number): void;
  /** When every worker's gradients of the step are complete, before the worker updates its parameters. */
  beforeUpdate(step: number): void;
}

/** A task, and what this worker does it with. */
interface Steps extends Omit<StepsTask, 'backend'> {
  readonly backend: Backend;
  readonly barrier: Barrier;
  readonly observer: StepObserver | undefined;
}

/**
 * Steps of one epoch. As many of these run at once as there are workers, and they meet in every step. The totals
 * go on from what they were.
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
  // The step is a function of its own, because this one is called once an epoch: V8 would compile all of a step with its
  // loop, anew in each of the first epochs.
  for (let step = from; step < to; step++) {
    const end = trainStep(steps, step);
    if (end) return end;
  }
  // Last meeting: worker 0 has decided.
  if (!steps.barrier.meet()) return { kind: 'aborted' };
  return isStopped(memory.control) ? { kind: 'stopped', step: to } : { kind: 'done' };
}

/**
 * One step of the strategy: forward and backward pass, with a meeting after each part, then average and step. Gives how it
 * ended all of them, where it did.
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
    // Every worker sees the same sum here, so all of them leave together.
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
 * Whether worker 0 decided to stop after a step. Everybody looks after the first meeting that follows the step, and worker
 * 0 decides again only after a later meeting: so all see the same.
 */
function isStopped(control: Int32Array): boolean {
  return Atomics.load(control, STOP) === 1;
}

/** Worker 0 counts the step, and decides on a stop: a request may be seen by one worker and not by another. */
function finishStep(control: Int32Array, done: number): void {
  Atomics.store(control, STEPS_DONE, done);
  if (Atomics.load(control, STOP_REQUEST) === 1) Atomics.store(control, STOP, 1);
}

export interface EvaluationTask extends Range {
  readonly memory: RunMemory;
  readonly plan: TrainingPlan;
  readonly backend: BackendName;
  /** Which of the memory's sets. */
  readonly set: number;
  readonly worker: number;
}

/** Loss and prediction of a range of a set's samples. */
export function evaluateRange({ memory, plan, backend, set, worker, from, to }: EvaluationTask): void {
  openBackend(memory, plan, backend, worker).evaluate(memory.sets[set]!, from, to);
}

/** What this thread has opened, by worker: a task comes with every epoch, and an instance of the kernels is dear. */
const opened = new Map<number, { readonly run: number; readonly backend: Backend }>();

function openBackend(memory: RunMemory, plan: TrainingPlan, name: BackendName, worker: number): Backend {
  const known = opened.get(worker);
  if (known?.run === memory.id) return known.backend;
  const backend = backends[name].open(memory, plan, worker);
  opened.set(worker, { run: memory.id, backend });
  return backend;
}

/** Makes the lists of a range of samples, or counts their words. */
export function listSamples({ from, to, ...task }: ListTask & Range): void {
  makeLists(task, from, to);
}
