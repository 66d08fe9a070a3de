/** A thread of barrier.test.ts: meets the others many times, and checks each time that all have arrived. */
import { workerData } from 'node:worker_threads';
import { Barrier } from './barrier.ts';

const { control, visits, rank, team, rounds } = workerData as {
  control: Int32Array;
  /** The round of each thread's last write. Plain writes on purpose: the barrier must order them. */
  visits: Uint32Array;
  rank: number;
  team: number;
  rounds: number;
};

const barrier = new Barrier(control, rank, Number.POSITIVE_INFINITY);
for (let round = 1; round <= rounds; round++) {
  visits[rank] = round;
  if (!barrier.meet(team)) process.exit(10);
  for (let other = 0; other < team; other++) {
    if (visits[other] !== round) throw new Error(`round ${round}: thread ${other} was at ${visits[other]}`);
  }
  if (!barrier.meet(team)) process.exit(10);
}
process.exit(0);
