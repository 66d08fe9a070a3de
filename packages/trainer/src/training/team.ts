import { waitUntilAtLeast } from './barrier.ts';
import {
  DEBT,
  endTeam,
  hasTeamEnded,
  JOIN_MEETINGS,
  JOIN_STEP,
  JOIN_TEAM,
  LATE,
  readyOf,
  SLEEPING,
  TEAM,
  teamSize,
} from './memory.ts';

/**
 * The share of its time that a team may lose at late meetings. Half of the threads need up to twice the time, but a team
 * never gains that much.
 */
const BEARABLE_SHARE = 0.3;
/** How much of the lost time a team may owe, in microseconds: less than a time slice of another program. */
const MOST_DEBT = 3000;

/**
 * The leader's side of the team: the threads that train together at present. The team's size changes only between two
 * steps, and no bit depends on the size, because the work is divided among a fixed number of workers: a thread of the
 * team computes the parts of one or several workers.
 *
 * Where other programs use the cores, the system takes a core away from a thread for a whole time slice, in which the
 * team could do a hundred steps of the small network. The others wait, so if this happens often, a smaller team is
 * faster: the leader alone waits for nobody.
 *
 * - The leader is the thread of rank 0. Between the last meeting of a step and the next meeting, it may write a new size
 *   to TEAM, as it writes STOP. All threads read the size after that next meeting, and the threads whose rank is not
 *   below it leave. The leader writes again only after a later meeting, which all threads of the new team must reach.
 * - A thread that wants to join writes its word `readyOf` and waits for TEAM, so the leader never waits for a thread that
 *   has no core. The leader writes what the thread must know (JOIN_STEP, JOIN_MEETINGS and JOIN_TEAM) before TEAM. The
 *   thread takes part in that next meeting as if it had been there before, without work; the others don't wait for it
 *   until the meeting after that.
 * - A rank is given to another thread only after the thread that had it has left, so a thread that reads TEAM late
 *   still reads a size that its rank is not below.
 */
export class Leader {
  readonly #control: Int32Array;
  readonly #workers: number;
  readonly #patience: number;
  /** Until when the time lost is accounted for, in milliseconds. */
  #accounted = performance.now();

  /**
   * @param workers the largest size of the team
   * @param patience how many milliseconds the team waits for threads at its start
   */
  constructor(control: Int32Array, workers: number, patience: number) {
    this.#control = control;
    this.#workers = workers;
    this.#patience = patience;
  }

  /** Waits for the threads that start together with the leader, but not for late ones, and forms the first team. */
  gather(threads: number, step: number): void {
    let rank = 1;
    while (rank < threads && this.isReady(rank, this.#patience)) rank++;
    this.#admit(step, 0);
  }

  /**
   * Decides on the team of a step: smaller if too much time was lost at late meetings, larger if threads are ready.
   *
   * @param meetings the leader's number of meetings
   */
  decide(step: number, meetings: number): void {
    if (Atomics.load(this.#control, LATE) > 0 && this.#isTooLate()) {
      this.resize(Math.ceil(teamSize(this.#control) / 2), step, meetings);
    } else {
      this.#admit(step, meetings);
    }
  }

  /** Ends the team after its last meeting. */
  end(): void {
    this.#isTooLate();
    endTeam(this.#control);
  }

  /** Takes in the threads that are ready. */
  #admit(step: number, meetings: number): void {
    const size = teamSize(this.#control);
    let next = size;
    while (next < this.#workers && Atomics.load(this.#control, readyOf(next)) > 0) next++;
    if (next > size) this.resize(next, step, meetings);
  }

  /** Waits until the thread of this rank is ready, at most so many milliseconds. */
  protected isReady(rank: number, most: number): boolean {
    waitUntilAtLeast(this.#control, readyOf(rank), 1, most);
    return Atomics.load(this.#control, readyOf(rank)) > 0;
  }

  /** Writes the team of a step; the threads that join must be ready. */
  protected resize(size: number, step: number, meetings: number): void {
    const control = this.#control;
    const before = teamSize(control);
    if (size === before) return;
    for (let rank = before; rank < size; rank++) Atomics.store(control, readyOf(rank), 0);
    Atomics.store(control, JOIN_STEP, step);
    Atomics.store(control, JOIN_MEETINGS, meetings);
    Atomics.store(control, JOIN_TEAM, before);
    Atomics.store(control, TEAM, size);
    if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, TEAM);
    this.#accounted = performance.now();
  }

  /** Adds the last late meeting to the time lost, of which the team makes up for a share of the time that it works. */
  #isTooLate(): boolean {
    const control = this.#control;
    const now = performance.now();
    const madeUp = teamSize(control) === 1 ? 0 : 1000 * BEARABLE_SHARE * (now - this.#accounted);
    this.#accounted = now;
    const before = Math.max(0, Atomics.load(control, DEBT) - Math.floor(madeUp));
    const debt = before + Atomics.exchange(control, LATE, 0);
    Atomics.store(control, DEBT, Math.min(MOST_DEBT, debt));
    return debt > MOST_DEBT;
  }
}

/** Where a thread joins a team: before this step, in a team of this size, after so many meetings. */
export interface Joined {
  readonly step: number;
  readonly team: number;
  readonly meetings: number;
}

/** Waits until the leader takes this thread into the team; undefined if the team ended before. */
export function joinTeam(control: Int32Array, rank: number): Joined | undefined {
  Atomics.store(control, readyOf(rank), 1);
  // The leader may sleep, as a thread does that waits at the barrier.
  if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, readyOf(rank));
  waitUntilAtLeast(control, TEAM, rank + 1);
  if (hasTeamEnded(control)) return undefined;
  return {
    step: Atomics.load(control, JOIN_STEP),
    team: Atomics.load(control, JOIN_TEAM),
    meetings: Atomics.load(control, JOIN_MEETINGS),
  };
}
