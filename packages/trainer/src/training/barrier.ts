import { ABORT, ARRIVED, GENERATION, SLEEPING, STEPS_DONE, STOP_REQUEST } from './memory.ts';

/**
 * The meeting point of the workers, at least twice in every step: nobody passes before all have arrived.
 *
 * Words in shared memory: ARRIVED counts who is there; GENERATION numbers the meetings, and is what the
 * early ones watch; SLEEPING counts those who do so asleep; ABORT, set by the main thread, ends the run for all.
 *
 * Why the plain writes made before a meeting are seen by all after it: every worker's write comes before
 * its own Atomics.add on ARRIVED; the last one to arrive reads all of those; its Atomics.add on GENERATION
 * comes after, and the others leave only when they have read that. Atomics order these pairs, and so all
 * that stands before and after them.
 */
export interface Barrier {
  /** Waits for all; false when the run was aborted, and then the worker must leave. */
  meet(): boolean;
}

/**
 * Looks this many times before it sleeps: a step of the small network is over sooner than a thread wakes, and who sleeps
 * once comes late, so that the other sleeps next. So it looks for longer than waking and working take together.
 */
const SPINS = 20000;

/**
 * @param workers how many meet
 * @param crowded more threads than cores: then spinning only takes time from those who are waited for
 */
export function createBarrier(control: Int32Array, workers: number, crowded: boolean): Barrier {
  const spins = crowded ? 0 : SPINS;
  const delayed = process.env[DELAY_VARIABLE] !== undefined;
  return {
    meet() {
      if (delayed) sleepAtRandom();
      // Read before arriving: after it, the last one could already have begun the next generation.
      const generation = Atomics.load(control, GENERATION);
      if (Atomics.add(control, ARRIVED, 1) === workers - 1) {
        // Nobody else is between here and the next meeting, so the count can be put back before the others
        // are let go; the other way round, a fast one could arrive and be wiped out.
        Atomics.store(control, ARRIVED, 0);
        Atomics.add(control, GENERATION, 1);
        // To wake nobody takes as long as to meet. Who falls asleep counts itself first, and then sees the new
        // generation if its count came too late for this look.
        if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, GENERATION);
      } else {
        let left = spins;
        while (left > 0 && Atomics.load(control, GENERATION) === generation) left--;
        // A loop, because a thread may wake for no reason. ABORT is looked at first: whoever arrives after
        // an abort would wait for a generation that never comes. An abort between the look and the sleep
        // moves GENERATION on, and then the sleep returns at once.
        while (Atomics.load(control, ABORT) === 0 && Atomics.load(control, GENERATION) === generation) {
          Atomics.add(control, SLEEPING, 1);
          Atomics.wait(control, GENERATION, generation);
          Atomics.sub(control, SLEEPING, 1);
        }
      }
      return Atomics.load(control, ABORT) === 0;
    },
  };
}

/** Frees all who wait and lets none meet again; called by the main thread. */
export function abortBarrier(control: Int32Array): void {
  // In this order: whoever reads the new generation must also find the abort.
  Atomics.store(control, ABORT, 1);
  Atomics.add(control, GENERATION, 1);
  Atomics.notify(control, GENERATION);
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

/** Set in tests of the scheduling: every worker comes late to every meeting, each time by another while. */
const DELAY_VARIABLE = 'MICRONN_TEST_DELAYS';
const LONGEST_DELAY_MS = 3;

/** Chance in the scheduling is what is tested: no number that is computed comes near it. */
function sleepAtRandom(): void {
  const share = crypto.getRandomValues(new Uint8Array(1))[0]! / 255;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, share * LONGEST_DELAY_MS);
}
