import type { BackendName } from '../../src/training/backend.ts';
import type { TeamPolicy } from '../../src/training/crew.ts';
import { createWorkerPool, type WorkerPool } from '../../src/training/pool.ts';
import { createFaultMemory, type Fault, writeDueFault } from './faults.ts';
import type { HarnessData } from './worker.ts';

const url = new URL('./worker.ts', import.meta.url);

/** All threads train from the first step to the last, however late they come. */
const STEADY: TeamPolicy = { cores: Number.POSITIVE_INFINITY, patience: Number.POSITIVE_INFINITY, pause: 0 };

export interface FaultyPool extends WorkerPool {
  /** Replaces the faults to come. */
  plan(faults: readonly Fault[]): void;
}

/**
 * A worker pool whose threads suffer faults, each of them once.
 *
 * @param late whether every thread comes late to every meeting, by a random delay
 * @param sizes the size of the team in each step of an epoch, and after the last one; in shared memory.
 *   By default, all threads train
 */
export function createFaultyPool(
  threads: number,
  backend: BackendName,
  { late = false, sizes }: { late?: boolean; sizes?: Uint32Array } = {},
): FaultyPool {
  const workerData: HarnessData = { faults: createFaultMemory(), late, sizes };
  const pool = createWorkerPool(threads, backend, { url, workerData }, STEADY);
  let planned = new Set<Fault>();
  return {
    ...pool,
    plan(faults) {
      planned = new Set(faults);
    },
    runSteps(memory, plan, part) {
      const due = [...planned].find(
        ({ epoch, at }) => epoch === part.epoch && at >= part.from && at < part.to,
      );
      if (due && !due.always) planned.delete(due);
      writeDueFault(workerData.faults, due, Math.min(threads, plan.shards));
      return pool.runSteps(memory, plan, part);
    },
  };
}
