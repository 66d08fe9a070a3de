/** The trainer's worker, with faults and delays: what runs on the threads of {@link createFaultyPool}. */
import { workerData } from 'node:worker_threads';
import { Barrier } from '../../src/training/barrier.ts';
import { Leader } from '../../src/training/team.ts';
import { runSteps, type StepsEnd, type StepsTask } from '../../src/training/worker.ts';
import { faultObserver } from './faults.ts';
import { LateBarrier } from './late-barrier.ts';
import { PlannedLeader } from './planned-leader.ts';

export * from '../../src/training/worker.ts';

export interface HarnessData {
  readonly faults: Int32Array;
  readonly late: boolean;
  /** The size of the team in each step of an epoch, and after the last one. */
  readonly sizes: Uint32Array | undefined;
}

const { faults, late, sizes } = workerData as HarnessData;

/** Takes the place of the export of the same name. */
export function trainSteps(task: StepsTask): StepsEnd {
  const { rank, workers, patience } = task;
  const { control } = task.memory;
  const barrier = new (late ? LateBarrier : Barrier)(control, rank, patience);
  const leader = sizes ? new PlannedLeader(control, workers, sizes) : new Leader(control, workers, patience);
  return runSteps(task, barrier, leader, faultObserver(faults, rank, control));
}
