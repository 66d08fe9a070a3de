import { ABORT, meetingsOf, SLEEPING, STEPS_DONE, STOP_REQUEST } from './memory.ts';

/**
 * How often a worker checks for the others before it sleeps. A step of the small network takes less time than waking
 * a thread, and a worker that slept arrives late, so that another worker sleeps next. So spinning must last longer
 * than a wake-up and a step together.
 */
const SPINS = 20000;

/** The number of meetings that an abort writes: no worker waits for a larger one. */
const ABORTED = 2 ** 31 - 1;

/**
 * The barrier at which the workers meet, at least twice in every step: no worker passes before all have arrived.
 *
 * Each worker counts its meetings in its own word of the control memory and watches the words of the others, so that a
 * meeting costs one transfer between cores. SLEEPING counts the workers that sleep; ABORT, set by the main thread, ends
 * the run for all.
 *
 * Plain writes before a meeting are visible to all workers after it: a worker writes before its Atomics.store to its own
 * word, and no worker passes without an Atomics.load of that value. Atomics order each such pair, and so everything
 * before the store and after the load.
 *
 * This is a class because each epoch creates a barrier: V8 compiles a method once, while closures created again are
 * compiled again.
 */
export class Barrier {
  readonly #control: Int32Array;
  readonly #worker: number;
  readonly #workers: number;
  readonly #spins: number;
  #meetings = 0;

  /**
   * Creates the barrier of one worker; {@link resetBarrier} must have reset the control words.
   *
   * @param worker number of this worker, from 0
   * @param workers number of workers that meet
   * @param crowded whether there are more threads than cores: then spinning takes time from the worker it waits for
   */
  constructor(control: Int32Array, worker: number, workers: number, crowded: boolean) {
    this.#control = control;
    this.#worker = worker;
    this.#workers = workers;
    this.#spins = crowded ? 0 : SPINS;
  }

  /** Waits for all workers. False means that the run was aborted and the worker must return. */
  meet(): boolean {
    const control = this.#control;
    const own = meetingsOf(this.#worker);
    this.#meetings++;
    Atomics.store(control, own, this.#meetings);
    // Atomics.notify costs as much as a meeting even if nobody sleeps. A worker counts itself as sleeping before it
    // waits: if this load is too early to see the count, the wait sees the new value of the word and returns at once.
    if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, own);
    for (let other = 0; other < this.#workers; other++)
      if (other !== this.#worker) waitFor(control, meetingsOf(other), this.#meetings, this.#spins);
    return Atomics.load(control, ABORT) === 0;
  }
}

/** Waits until a worker has arrived at this meeting; it may already be on its way to the next one. */
function waitFor(control: Int32Array, word: number, meeting: number, spins: number): void {
  for (let left = spins; left > 0; left--) if (Atomics.load(control, word) >= meeting) return;
  // A loop, because wake-ups can be spurious. If the word changes between load and wait, by an arrival or an abort, the
  // wait returns at once.
  for (;;) {
    const seen = Atomics.load(control, word);
    if (seen >= meeting) return;
    Atomics.add(control, SLEEPING, 1);
    Atomics.wait(control, word, seen);
    Atomics.sub(control, SLEEPING, 1);
  }
}

/** Frees all waiting workers and ends all further meetings; called by the main thread. */
export function abortBarrier(control: Int32Array): void {
  // ABORT comes first, so that a worker that sees a changed word also sees the abort. A worker still in its step may
  // overwrite its word with the count the others wait for; they then read ABORT.
  Atomics.store(control, ABORT, 1);
  for (let word = meetingsOf(0); word < control.length; word += meetingsOf(1) - meetingsOf(0)) {
    Atomics.store(control, word, ABORTED);
    Atomics.notify(control, word);
  }
}

/** Asks the workers to stop after the current step; called by the main thread. */
export function requestStop(control: Int32Array): void {
  Atomics.store(control, STOP_REQUEST, 1);
  Atomics.notify(control, STOP_REQUEST);
}

/** Resets the control words, with so many steps done; only while no worker runs. */
export function resetBarrier(control: Int32Array, stepsDone: number): void {
  control.fill(0);
  Atomics.store(control, STEPS_DONE, stepsDone);
}
