import { ABORT, meetingsOf, SLEEPING, STEPS_DONE, STOP_REQUEST } from './memory.ts';

/**
 * Looks this many times before it sleeps: a step of the small network is over sooner than a thread wakes, and who sleeps
 * once comes late, so that the other sleeps next. So it looks for longer than waking and working take together.
 */
const SPINS = 20000;

/** What an abort leaves for a count: nobody waits for more. */
const ABORTED = 2 ** 31 - 1;

/**
 * The meeting point of the workers, at least twice in every step: nobody passes before all have arrived.
 *
 * Each worker counts the meetings it has come to in a word of its own, and watches the words of the others: a meeting
 * costs one way from core to core. SLEEPING counts those who watch asleep; ABORT, set by the main thread, ends the run
 * for all.
 *
 * Why the plain writes made before a meeting are seen by all after it: every worker's write comes before its own
 * Atomics.store to its word, and nobody passes who has not read that from it. Atomics order these pairs, and so all
 * that stands before and after them.
 *
 * A class, because a new one is made for every epoch: V8 compiles a method once, and functions made anew, anew.
 */
export class Barrier {
  readonly #control: Int32Array;
  readonly #worker: number;
  readonly #workers: number;
  readonly #spins: number;
  #meetings = 0;

  /**
   * For one worker; the control's words must stand as {@link resetBarrier} puts them.
   *
   * @param worker which of the workers this is
   * @param workers how many meet
   * @param crowded more threads than cores: then spinning only takes time from those who are waited for
   */
  constructor(control: Int32Array, worker: number, workers: number, crowded: boolean) {
    this.#control = control;
    this.#worker = worker;
    this.#workers = workers;
    this.#spins = crowded ? 0 : SPINS;
  }

  /** Waits for all; false when the run was aborted, and then the worker must leave. */
  meet(): boolean {
    const control = this.#control;
    const own = meetingsOf(this.#worker);
    this.#meetings++;
    Atomics.store(control, own, this.#meetings);
    // To wake nobody takes as long as to meet. Who falls asleep counts itself first, and then sees that the word has
    // moved on if its count came too late for this look.
    if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, own);
    for (let other = 0; other < this.#workers; other++)
      if (other !== this.#worker) waitFor(control, meetingsOf(other), this.#meetings, this.#spins);
    return Atomics.load(control, ABORT) === 0;
  }
}

/** Watches a word until its worker has come to this meeting; it may be on its way to the next one. */
function waitFor(control: Int32Array, word: number, meeting: number, spins: number): void {
  for (let left = spins; left > 0; left--) if (Atomics.load(control, word) >= meeting) return;
  // A loop, because a thread may wake for no reason. Where the word moves on between the look and the sleep, an abort
  // too, the sleep returns at once.
  for (;;) {
    const seen = Atomics.load(control, word);
    if (seen >= meeting) return;
    Atomics.add(control, SLEEPING, 1);
    Atomics.wait(control, word, seen);
    Atomics.sub(control, SLEEPING, 1);
  }
}

/** Frees all who wait and lets none meet again; called by the main thread. */
export function abortBarrier(control: Int32Array): void {
  // In this order: whoever finds a word moved on must also find the abort. Who is still under way may write its own
  // count over it: the one that the others wait for, who look at ABORT then.
  Atomics.store(control, ABORT, 1);
  for (let word = meetingsOf(0); word < control.length; word += meetingsOf(1) - meetingsOf(0)) {
    Atomics.store(control, word, ABORTED);
    Atomics.notify(control, word);
  }
}

/** Asks the workers to end after the step that is under way; called by the main thread. */
export function requestStop(control: Int32Array): void {
  Atomics.store(control, STOP_REQUEST, 1);
  Atomics.notify(control, STOP_REQUEST);
}

/** Puts the words back, with so many steps done; only while no worker runs. */
export function resetBarrier(control: Int32Array, stepsDone: number): void {
  control.fill(0);
  Atomics.store(control, STEPS_DONE, stepsDone);
}
