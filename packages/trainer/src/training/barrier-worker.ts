/** A thread of barrier.test.ts: meets the others many times, and checks each time that all have arrived. */
import { workerData } from 'node:worker_threads';
import { Barrier } from './barrier.ts';

const { control, visits, worker, workers, rounds, crowded } = workerData as {
  control: Int32Array;
  /** The round of each worker's last write. Plain writes on purpose: the barrier must order them. */
  visits: Uint32Array;
  worker: number;
  workers: number;
  rounds: number;
  crowded: boolean;
};

const barrier = new Barrier(control, worker, workers, crowded);
for (let round = 1; round <= rounds; round++) {
  visits[worker] = round;
  if (!barrier.meet()) process.exit(10);
  for (let other = 0; other < workers; other++) {
    if (visits[other] !== round) throw new Error(`round ${round}: worker ${other} was at ${visits[other]}`);
  }
  if (!barrier.meet()) process.exit(10);
}
process.exit(0);
