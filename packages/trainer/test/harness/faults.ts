import { STOP_REQUEST } from '../../src/training/memory.ts';
import type { StepObserver } from '../../src/training/worker.ts';

/** Strikes one worker at one point of a run: it ends the worker's thread, or sends the process a SIGTERM. */
export interface Fault {
  readonly epoch: number;
  /** The step within the epoch, from 0: before the step; plus one half: after the gradients, before the update. */
  readonly at: number;
  /** Taken modulo the number of workers. A signal always comes from worker 0. */
  readonly worker: number;
  readonly how: (typeof kinds)[number];
  /** Strikes again each time the work is repeated. */
  readonly always?: boolean;
}

const kinds = ['throw', 'exit', 'memory', 'signal'] as const;

/** The words of the memory by which the main thread gives its workers the next fault. */
const DUE = 0;
const AT_HALF_STEPS = 1;
const WORKER = 2;
const KIND = 3;

/** Memory for one due fault, shared by the main thread and the workers. */
export function createFaultMemory(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * 4));
}

/** Writes the fault to strike in the next range of steps; only while no worker runs. */
export function writeDueFault(memory: Int32Array, fault: Fault | undefined, workers: number): void {
  memory[DUE] = fault ? 1 : 0;
  if (!fault) return;
  memory[AT_HALF_STEPS] = 2 * fault.at;
  // Worker 0 decides whether to stop, at the end of each step: a signal that it sends itself and waits for stops the
  // run after this very step.
  memory[WORKER] = fault.how === 'signal' ? 0 : fault.worker % workers;
  memory[KIND] = kinds.indexOf(fault.how);
}

/** Makes the due fault strike where it strikes this worker. */
export function faultObserver(
  memory: Int32Array,
  worker: number,
  control: Int32Array,
): StepObserver | undefined {
  if (memory[DUE] === 0 || memory[WORKER] !== worker) return undefined;
  const [at, how] = [memory[AT_HALF_STEPS], kinds[memory[KIND]!]!];
  return {
    beforeStep(step) {
      if (at === 2 * step) strike(how, control);
    },
    beforeUpdate(step) {
      if (at === 2 * step + 1) strike(how, control);
    },
  };
}

/** Only the signal returns. */
function strike(how: Fault['how'], control: Int32Array): void {
  if (how === 'throw') throw new Error('a fault injected by a test');
  if (how === 'exit') process.exit(1);
  if (how === 'memory') {
    // Ends when the thread's heap is full.
    for (const taken: unknown[] = []; ; ) taken.push(Array.from({ length: 10_000 }, () => taken.length));
  }
  process.kill(process.pid, 'SIGTERM');
  // The main thread passes the signal on as a request to stop.
  while (Atomics.load(control, STOP_REQUEST) === 0) Atomics.wait(control, STOP_REQUEST, 0, 1);
}
