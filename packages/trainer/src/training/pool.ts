import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { CsvFault, RangeTask } from '../data/csv-worker.ts';
import { MicronnError } from '../errors.ts';
import { type BackendName, backends, type RunRequest } from './backend.ts';
import { abortBarrier, resetBarrier } from './barrier.ts';
import type { RunMemory, TrainingPlan } from './memory.ts';
import { evenRange } from './shards.ts';
import type { EpochEnd, EpochTask, EvaluationTask } from './worker.ts';

/** Loss and hits of a set of samples. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** The threads of a run. */
export interface WorkerPool {
  readonly threads: number;
  /** Lays a run out in memory that the threads share. */
  allocate(request: Omit<RunRequest, 'workers'>): Promise<RunMemory>;
  /** Runs one epoch on all threads; the memory's order must hold it. Rejects when a worker dies. */
  runEpoch(memory: RunMemory, plan: TrainingPlan): Promise<EpochEnd>;
  /** Evaluates one of the memory's sets with the parameters as they stand. */
  evaluate(memory: RunMemory, plan: TrainingPlan, set: number): Promise<Evaluation>;
  /** The parameters as they stand, in canonical order. */
  readParameters(memory: RunMemory, plan: TrainingPlan): Float64Array;
  /** Reads a part of a CSV on one of the threads, before there is anything to train on. */
  readRange(task: RangeTask, signal: AbortSignal): Promise<CsvFault | undefined>;
  close(): Promise<void>;
}

const csvWorker = new URL('../data/csv-worker.ts', import.meta.url).href;

/** Starts as many threads as are asked for; they live until `close`. */
export function createWorkerPool(threads: number, backend: BackendName): WorkerPool {
  const pool = new Piscina({
    filename: new URL('./worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  const crowded = threads > availableParallelism();

  return {
    threads,
    allocate(request) {
      return backends[backend].allocate({ ...request, workers: threads }, async (name, task, count) => {
        const parts = Array.from({ length: threads }, (_, part) => evenRange(count, threads, part));
        await Promise.all(parts.map((range) => pool.run({ ...task, ...range }, { name })));
      });
    },
    async runEpoch(memory, plan) {
      resetBarrier(memory.control);
      memory.totals.fill(0);
      // A thread without a shard would only be waited for.
      const workers = Math.min(threads, plan.shards);
      // One task per worker, all at once: every thread is idle and takes one at a time, so no task waits
      // behind another that waits for it at the barrier.
      const tasks = Array.from({ length: workers }, (_, worker) => {
        const task: EpochTask = { memory, plan, backend, worker, workers, crowded };
        return pool.run(task, { name: 'trainEpoch' }).catch((cause: unknown) => {
          // The others wait for one that will not come: free them at once.
          abortBarrier(memory.control);
          throw cause;
        }) as Promise<EpochEnd>;
      });
      // Nobody may be left running when this returns: the memory is the caller's again.
      const ends = await Promise.allSettled(tasks);
      const died = ends.find((end) => end.status === 'rejected');
      if (died) {
        const cause: unknown = died.reason;
        throw new MicronnError(
          'WORKERS_FAILED',
          `expected every worker to finish the epoch, but one ended: ${cause instanceof Error ? cause.message : String(cause)}`,
          {},
          { cause },
        );
      }
      return await tasks[0]!;
    },
    async evaluate(memory, plan, set) {
      const { order, losses, predictions, samples } = memory.sets[set]!;
      await Promise.all(
        Array.from({ length: threads }, (_, worker) => {
          const range = evenRange(order.length, threads, worker);
          const task: EvaluationTask = { memory, plan, backend, set, worker, ...range };
          return pool.run(task, { name: 'evaluateRange' });
        }),
      );
      // Summed here, in the order of the samples, so that the threads leave no trace in the last bits.
      let loss = 0;
      let correct = 0;
      for (let i = 0; i < order.length; i++) {
        loss += losses[i]!;
        if (predictions[i] === samples.labels[order[i]!]) correct++;
      }
      return { loss: loss / order.length, accuracy: correct / order.length };
    },
    readParameters: (memory, plan) => backends[backend].readParameters(memory, plan.layers),
    readRange: (task, signal) =>
      pool.run(task, { filename: csvWorker, name: 'readRange', signal }) as Promise<CsvFault | undefined>,
    close: () => pool.destroy(),
  };
}
