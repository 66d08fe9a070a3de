/** The trainer's worker, with faults and delays: what runs on the threads of {@link createFaultyPool}. */
import { workerData } from 'node:worker_threads';
import { Barrier } from '../../src/training/barrier.ts';
import { runSteps, type StepsEnd, type StepsTask } from '../../src/training/worker.ts';
import { faultObserver } from './faults.ts';
import { LateBarrier } from './late-barrier.ts';

export * from '../../src/training/worker.ts';

export interface HarnessData {
  readonly faults: Int32Array;
  readonly late: boolean;
}

const { faults, late } = workerData as HarnessData;

/** Takes the place of the export of the same name. */
export function trainSteps(task: StepsTask): StepsEnd {
  const { memory, worker, workers, crowded } = task;
  const barrier = new (late ? LateBarrier : Barrier)(memory.control, worker, workers, crowded);
  return runSteps(task, barrier, faultObserver(faults, worker, memory.control));
}
