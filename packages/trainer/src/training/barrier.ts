import {
  ABORT,
  DEBT,
  endTeam,
  LATE,
  meetingsOf,
  readyOf,
  SLEEPING,
  STEPS_DONE,
  STOP_REQUEST,
  TEAM,
} from './memory.ts';

/**
 * How often a thread checks for the others before it sleeps. A step of the small network takes less time than waking
 * a thread, and a thread that slept arrives late, so that another thread sleeps next. So spinning must last longer
 * than a wake-up and a step together.
 */
const SPINS = 20000;

/** The number of meetings that an abort writes: no thread waits for a larger one. */
const ABORTED = 2 ** 31 - 1;

/**
 * The barrier at which the threads of a team meet, at least twice in every step: no thread passes before all have
 * arrived.
 *
 * Each thread counts its meetings in its own word of the control memory and watches the words of the others, so that a
 * meeting costs one transfer between cores. SLEEPING counts the threads that sleep; ABORT, set by the main thread, ends
 * the run for all.
 *
 * Plain writes before a meeting are visible to all threads after it: a thread writes before its Atomics.store to its own
 * word, and no thread passes without an Atomics.load of that value. Atomics order each such pair, and so everything
 * before the store and after the load.
 *
 * This is a class because each epoch creates a barrier: V8 compiles a method once, while closures created again are
 * compiled again.
 */
export class Barrier {
  readonly #control: Int32Array;
  readonly #rank: number;
  readonly #patience: number;
  /** The number of meetings of this thread; a thread that joins a team begins with those of the team. */
  meetings = 0;

  /**
   * Creates the barrier of one thread; {@link resetBarrier} must have reset the control words.
   *
   * @param rank number of this thread in the team, from 0
   * @param patience from how many milliseconds of waiting on a meeting is late
   */
  constructor(control: Int32Array, rank: number, patience: number) {
    this.#control = control;
    this.#rank = rank;
    this.#patience = patience;
  }

  /**
   * Waits for all threads of a team of this size. False means that the run was aborted and the thread must return.
   * Tells the leader if the meeting was late.
   */
  meet(team: number): boolean {
    const control = this.#control;
    const own = meetingsOf(this.#rank);
    this.meetings++;
    Atomics.store(control, own, this.meetings);
    // Atomics.notify costs as much as a meeting even if nobody sleeps. A thread counts itself as sleeping before it
    // waits: if this load is too early to see the count, the wait sees the new value of the word and returns at once.
    if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, own);
    for (let other = 0; other < team; other++) {
      if (other === this.#rank) continue;
      const waited = waitUntilAtLeast(control, meetingsOf(other), this.meetings);
      if (waited >= this.#patience) Atomics.store(control, LATE, Math.ceil(1000 * waited));
    }
    if (Atomics.load(control, ABORT) === 0) return true;
    // The store above may have overwritten what the abort wrote, and a thread may already wait for the next meeting, if
    // this one has just joined.
    Atomics.store(control, own, ABORTED);
    Atomics.notify(control, own);
    return false;
  }
}

/**
 * Waits until a word has at least a value: spins, then sleeps. Who changes the word wakes the sleeping threads.
 *
 * @param most the longest wait after the spinning, in milliseconds
 * @returns the milliseconds of waiting after the spinning
 */
export function waitUntilAtLeast(
  control: Int32Array,
  word: number,
  value: number,
  most: number = Number.POSITIVE_INFINITY,
): number {
  for (let left = SPINS; left > 0; left--) if (Atomics.load(control, word) >= value) return 0;
  const begin = performance.now();
  // A loop, because wake-ups can be spurious. If the word changes between load and wait, by an arrival or an abort, the
  // wait returns at once.
  for (;;) {
    const seen = Atomics.load(control, word);
    const waited = performance.now() - begin;
    if (seen >= value || waited >= most) return waited;
    Atomics.add(control, SLEEPING, 1);
    Atomics.wait(control, word, seen, most - waited);
    Atomics.sub(control, SLEEPING, 1);
  }
}

/** Frees all waiting threads and ends all further meetings; called by the main thread. */
export function abortBarrier(control: Int32Array): void {
  // ABORT comes first, so that a thread that sees a changed word also sees the abort. A thread still in its step may
  // overwrite its word with the count the others wait for; they then read ABORT.
  Atomics.store(control, ABORT, 1);
  for (let rank = 0; meetingsOf(rank) < control.length; rank++) {
    for (const word of [meetingsOf(rank), readyOf(rank)]) {
      Atomics.store(control, word, ABORTED);
      Atomics.notify(control, word);
    }
  }
  endTeam(control);
}

/** Asks the threads to stop after the current step; called by the main thread. */
export function requestStop(control: Int32Array): void {
  Atomics.store(control, STOP_REQUEST, 1);
  Atomics.notify(control, STOP_REQUEST);
}

/** Resets the control words, with so many steps done and the leader alone; only while no thread runs. */
export function resetBarrier(control: Int32Array, stepsDone: number): void {
  const debt = Atomics.load(control, DEBT);
  control.fill(0);
  Atomics.store(control, DEBT, debt);
  Atomics.store(control, TEAM, 1);
  Atomics.store(control, STEPS_DONE, stepsDone);
}
