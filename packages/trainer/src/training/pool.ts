import type { EpochOrder } from '@micronn/core';
import { type ListTask, makeLists } from '@micronn/core/shared-memory';
import { Piscina } from 'piscina';
import { assertNoFault, type Fault } from '../data/fault.ts';
import { checksumWhileReading } from '../data/fingerprint.ts';
import { withImages } from '../data/images.ts';
import type { SampleSet } from '../data/samples.ts';
import type { RangeResult, RangeTask } from '../data/table/table-worker.ts';
import { MicronnError } from '../errors.ts';
import { isMemoryRefused, memoryRefused } from '../memory-refused.ts';
import { moduleUrl } from '../module-url.ts';
import type { BackendName, MakeLists, RunRequest, TrainedState } from './backend.ts';
import { backends } from './backends.ts';
import { abortBarrier, requestStop, resetBarrier } from './barrier.ts';
import { availableCores } from './cores.ts';
import { createCrew, type TeamPolicy } from './crew.ts';
import { assertEngine } from './engine.ts';
import { EVALUATED, type EvaluationSet, type RunMemory, type TrainingPlan } from './memory.ts';
import { evenRange, type Range } from './shards.ts';
import type { EvaluationTask, SamplesTask, StepsEnd, StepsTask } from './worker.ts';

/** Mean loss and accuracy over a set of samples. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** The worker threads of a run. */
export interface WorkerPool {
  readonly threads: number;
  /**
   * Allocates the shared memory of a run.
   *
   * @throws MemoryShortage when the run does not fit, or RangeError when the system refuses memory
   */
  allocate(request: Omit<RunRequest, 'workers'>): Promise<RunMemory>;
  /** Writes the order of an epoch into the memory; only while no steps run. */
  orderEpoch(memory: RunMemory, places: Uint32Array, order: EpochOrder): void;
  /**
   * Runs steps of an epoch on all threads, in the order in the memory, and adds to its totals. Rejects when a worker
   * dies; parameters, velocity and totals are undefined then.
   */
  runSteps(memory: RunMemory, plan: TrainingPlan, part: EpochPart): Promise<FullEnd>;
  /** Stops the running steps after the current one. */
  stop(memory: RunMemory): void;
  /** Evaluates one of the memory's sets with the current parameters. */
  evaluate(memory: RunMemory, plan: TrainingPlan, set: number): Promise<Evaluation>;
  /** Parameters and velocity, in canonical order: the state from which a run can continue. */
  readState(memory: RunMemory): TrainedState;
  /** Restores a state. */
  restore(memory: RunMemory, state: TrainedState): void;
  /** Reads a range of a table of text on one of the threads. */
  readRange(task: RangeTask, signal: AbortSignal): Promise<RangeResult>;
  close(): Promise<void>;
}

/** How the leader ends, if no worker dies. */
type FullEnd = Exclude<StepsEnd, { kind: 'aborted' | 'dismissed' | 'unneeded' }>;

/** Steps of an epoch, from 0. */
interface EpochPart extends Range {
  /** From 1. */
  readonly epoch: number;
}

/** Bytes of images whose lists the main thread counts faster than the threads start. */
const MOST_ALONE = 2 ** 26;

const tableWorker = moduleUrl(import.meta.url, '../data/table/table-worker.ts').href;

/** The module that runs on the threads, with the exports of worker.ts. */
export interface WorkerModule {
  readonly url: URL;
  /** Handed to each thread when it starts. */
  readonly workerData?: unknown;
}

const defaultModule: WorkerModule = { url: moduleUrl(import.meta.url, './worker.ts') };

/** A meeting is late after a time that is short for a time slice, but long for a step of a small network. */
const PATIENCE = 0.5;
const PAUSE = 50;

/**
 * Starts the threads and prepares the backend at the same time; the threads live until `close`. There are never more
 * threads than cores, because threads that take turns on a core wait for each other at every meeting.
 *
 * @param threads the number of workers, and of threads if there are as many cores
 * @throws MicronnError (exit code 2) when this Node lacks what the threads or the backend need
 */
export function createWorkerPool(
  threads: number,
  backend: BackendName,
  { url, workerData }: WorkerModule = defaultModule,
  policy: TeamPolicy = { cores: availableCores(), patience: PATIENCE, pause: PAUSE },
): WorkerPool {
  const cores = Math.min(threads, policy.cores);
  assertEngine(backend);
  backends[backend].prepare();
  const pool = new Piscina({
    filename: url.href,
    // Otherwise, each thread looks for a default export first, and loads the module a second time as it finds none.
    name: 'trainSteps',
    workerData,
    minThreads: cores,
    maxThreads: cores,
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
  });
  const crew = createCrew({ ...policy, cores });

  return {
    threads,
    allocate(request) {
      const makeAll: MakeLists = (task, samples) => makeListsOn(pool, threads, task, samples);
      return backends[backend].allocate({ ...request, workers: threads }, makeAll);
    },
    orderEpoch: (memory, places, order) => backends[backend].orderEpoch(memory, places, order),
    async runSteps(memory, plan, { from, to }) {
      resetBarrier(memory.control, from);
      // A thread without a shard would have nothing to do and delay every meeting.
      const workers = Math.min(threads, plan.shards);
      const ends = await crew.run(workers, (rank, together) => {
        const { patience } = policy;
        const task: StepsTask = {
          memory,
          plan,
          backend,
          rank,
          workers,
          threads: together,
          patience,
          from,
          to,
        };
        return pool.run(task, { name: 'trainSteps' }).catch((cause: unknown) => {
          // The other threads wait at the barrier for the dead one: free them.
          abortBarrier(memory.control);
          throw cause;
        }) as Promise<StepsEnd>;
      });
      // An abort follows the death of a thread, and then allEnded throws.
      return allEnded(ends)[0] as FullEnd;
    },
    stop: (memory) => requestStop(memory.control),
    async evaluate(memory, plan, set) {
      Atomics.store(memory.control, EVALUATED, 0);
      allEnded(
        await Promise.allSettled(
          Array.from({ length: crew.size }, (_, worker) => {
            const task: EvaluationTask = { memory, plan, backend, set, worker };
            return pool.run(task, { name: 'evaluateBlocks' }) as Promise<void>;
          }),
        ),
      );
      return evaluationOf(memory.sets[set]!);
    },
    readState: (memory) => backends[backend].readState(memory),
    restore: (memory, state) => backends[backend].restore(memory, state),
    readRange: (task, signal) =>
      pool.run(task, { filename: tableWorker, name: 'readRange', signal }).catch((cause: unknown) => {
        if (!isMemoryRefused(cause)) throw cause;
        throw memoryRefused(cause, 'a worker needs memory to read the file', { file: task.name });
      }) as Promise<RangeResult>,
    close: () => pool.destroy(),
  };
}

/** Makes the lists of all samples on the threads, or counts their words: those of a small set on this thread. */
async function makeListsOn(
  pool: Piscina,
  threads: number,
  task: ListTask,
  samples: SampleSet,
): Promise<void> {
  const { count, inputs } = samples;
  if (!task.words && count * inputs <= MOST_ALONE) {
    withImages(samples, (read) => makeLists(task, checksumWhileReading(samples, read), 0, count));
    return;
  }
  const faults = allEnded(
    await Promise.allSettled(
      Array.from({ length: threads }, (_, worker) => {
        const part: SamplesTask = { task, samples, ...evenRange(count, threads, worker) };
        return pool.run(part, { name: 'listSamples' }) as Promise<Fault | undefined>;
      }),
    ),
  );
  assertNoFault(faults);
}

/**
 * The ends of tasks, all of which have ended, so that no thread runs when the caller uses the memory again.
 *
 * @throws MicronnError when a worker died (exit code 5) or was refused memory (exit code 3)
 */
function allEnded<End>(ends: readonly PromiseSettledResult<End>[]): End[] {
  return ends.map((end) => {
    if (end.status === 'fulfilled') return end.value;
    const cause: unknown = end.reason;
    // Another worker would be refused memory too.
    if (isMemoryRefused(cause)) throw memoryRefused(cause, 'a worker needs memory');
    throw new MicronnError(
      'WORKERS_FAILED',
      `a worker died: ${cause instanceof Error ? cause.message : String(cause)}`,
      {},
      { cause },
    );
  });
}

/** Loss and accuracy of a set, summed in the order of the samples, so that the last bits do not depend on the threads. */
function evaluationOf({ order, losses, predictions, samples }: EvaluationSet): Evaluation {
  let loss = 0;
  let correct = 0;
  for (let i = 0; i < order.length; i++) {
    loss += losses[i]!;
    if (predictions[i] === samples.labels[order[i]!]) correct++;
  }
  return { loss: loss / order.length, accuracy: correct / order.length };
}
