import { STOP_REQUEST } from './memory.ts';

/**
 * Set in tests of what a run survives: a JSON list of faults. Each befalls one worker at one point of the run, and
 * ends its thread, or stands for a person who presses Ctrl-C at that very step.
 */
const FAULTS_VARIABLE = 'MICRONN_TEST_FAULTS';

export interface Fault {
  readonly epoch: number;
  /** The step within the epoch, from 0: at its beginning; and a half for after its second meeting. */
  readonly at: number;
  /** Taken modulo the number of workers. */
  readonly worker: number;
  readonly how: 'throw' | 'exit' | 'memory' | 'signal';
  /** Befalls every attempt, not only the first. */
  readonly always?: boolean;
}

/** Gives a range of steps the next fault that waits in it, for one of the workers, and each fault once. */
export interface FaultPlan {
  take(epoch: number, from: number, to: number, workers: number): (worker: number) => Fault | undefined;
}

/** What the environment asks for; nothing, outside of tests. It may ask for something else from run to run. */
export function planFaults(): FaultPlan {
  let read: string | undefined;
  let faults = new Set<Fault>();
  return {
    take(epoch, from, to, workers) {
      const asked = process.env[FAULTS_VARIABLE];
      if (asked !== read) {
        read = asked;
        faults = new Set(asked === undefined ? [] : (JSON.parse(asked) as Fault[]));
      }
      const due = [...faults].find((fault) => fault.epoch === epoch && fault.at >= from && fault.at < to);
      if (due && !due.always) faults.delete(due);
      return (worker) => (due && due.worker % workers === worker ? due : undefined);
    },
  };
}

/** Lets the fault happen on this thread; only the signal lets it live. */
export function suffer({ how }: Fault, control: Int32Array): void {
  if (how === 'throw') throw new Error('a fault that a test asked for');
  if (how === 'exit') process.exit(1);
  if (how === 'memory') {
    // Never ends of itself: the thread's heap does.
    for (const taken: unknown[] = []; ; ) taken.push(Array.from({ length: 10_000 }, () => taken.length));
  }
  process.kill(process.pid, 'SIGTERM');
  // No meeting before the main thread has passed it on: the run stops after this step and no other.
  while (Atomics.load(control, STOP_REQUEST) === 0) Atomics.wait(control, STOP_REQUEST, 0, 1);
}
