import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { abortBarrier, Barrier } from './barrier.ts';
import { ABORT, createControl, meetingsOf, SLEEPING } from './memory.ts';

interface Crew {
  readonly control: Int32Array;
  readonly exits: Promise<number[]>;
}

/** Starts `started` of the `workers` threads that the barrier waits for. */
function startCrew(
  { workers, started = workers, rounds, crowded }: CrewOptions,
  control = createControl(workers),
): Crew {
  const visits = new Uint32Array(new SharedArrayBuffer(4 * workers));
  const exits = Array.from({ length: started }, async (_, worker) => {
    const thread = new Worker(new URL('./barrier-worker.ts', import.meta.url), {
      workerData: { control, visits, worker, workers, rounds, crowded },
    });
    const [code] = (await once(thread, 'exit')) as [number];
    return code;
  });
  return { control, exits: Promise.all(exits) };
}

interface CrewOptions {
  readonly workers: number;
  readonly started?: number;
  readonly rounds: number;
  readonly crowded: boolean;
}

/** Waits until the shared memory has a given state, however long the threads take. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await setImmediate();
}

describe('threads at the barrier', () => {
  test.each([
    [1, 1000, false],
    [2, 20_000, false],
    [2, 2000, true],
    [5, 500, true],
    [5, 100, false],
  ])(
    '%i workers meet %i times, and each sees what all wrote before the meeting (without spinning: %s)',
    async (workers, rounds, crowded) => {
      expect(await startCrew({ workers, rounds, crowded }).exits).toEqual(
        Array.from({ length: workers }, () => 0),
      );
    },
  );

  const incomplete = { workers: 4, started: 3, rounds: 10 };
  const arrivals = (control: Int32Array): number =>
    [0, 1, 2].filter((worker) => Atomics.load(control, meetingsOf(worker)) === 1).length;

  test('no worker waits after an abort', async () => {
    const control = createControl(incomplete.workers);
    abortBarrier(control);
    expect(await startCrew({ ...incomplete, crowded: true }, control).exits).toEqual([10, 10, 10]);
  });

  test.each([1, 2, 3])(
    'an abort when %i of four workers have arrived frees all three that arrive',
    async (count) => {
      const { control, exits } = startCrew({ ...incomplete, crowded: false });
      await until(() => arrivals(control) >= count);
      abortBarrier(control);
      expect(await exits).toEqual([10, 10, 10]);
    },
  );

  test('an abort wakes sleeping workers', async () => {
    const { control, exits } = startCrew({ ...incomplete, crowded: true });
    await until(() => Atomics.load(control, SLEEPING) === 3);
    abortBarrier(control);
    expect(await exits).toEqual([10, 10, 10]);
  });
});

/**
 * Events between a worker's check of another worker's word and its sleep, which no timing of threads reproduces
 * reliably.
 */
describe('races between check and sleep', () => {
  afterEach(() => void vi.restoreAllMocks());

  const sleep = Atomics.wait.bind(Atomics);

  /** Lets worker 0 of two meet alone; each of its sleeps is replaced by the next of the given functions. */
  function meetAlone(control: Int32Array, ...sleeps: ((...args: SleepArguments) => string)[]) {
    const results: string[] = [];
    vi.spyOn(Atomics, 'wait').mockImplementation(((...args: SleepArguments) => {
      const replacement = sleeps[results.length];
      if (!replacement) throw new Error('slept once too often');
      results.push(replacement(...args));
      return results.at(-1);
    }) as typeof Atomics.wait);
    const met = new Barrier(control, 0, 2, true).meet();
    return { met, results };
  }

  type SleepArguments = [control: Int32Array, word: number, seen: number];
  /** Longer than any thread needs: the timeout of a sleep that nobody ends. */
  const TOO_LONG_MS = 2000;

  test('the other worker arrives: the sleep ends at once, and both have met', () => {
    const control = createControl(2);
    expect(
      meetAlone(control, (...args) => {
        Atomics.store(control, meetingsOf(1), 1);
        return sleep(...args, TOO_LONG_MS);
      }),
    ).toEqual({ met: true, results: ['not-equal'] });
    expect(Atomics.load(control, SLEEPING)).toBe(0);
  });

  test('the other worker is already on its way to the next meeting: both have met', () => {
    const control = createControl(2);
    Atomics.store(control, meetingsOf(1), 2);
    expect(meetAlone(control)).toEqual({ met: true, results: [] });
  });

  test('the run is aborted: the sleep ends at once, and the worker must return', () => {
    const control = createControl(2);
    expect(
      meetAlone(control, (...args) => {
        abortBarrier(control);
        return sleep(...args, TOO_LONG_MS);
      }),
    ).toEqual({ met: false, results: ['not-equal'] });
    expect(Atomics.load(control, ABORT)).toBe(1);
  });

  test('a thread sleeps again after a spurious wake-up', () => {
    const control = createControl(2);
    const spurious = (): string => 'ok';
    expect(
      meetAlone(control, spurious, spurious, (...args) => {
        Atomics.store(control, meetingsOf(1), 1);
        return sleep(...args, TOO_LONG_MS);
      }),
    ).toEqual({ met: true, results: ['ok', 'ok', 'not-equal'] });
  });

  test('a worker counts itself as sleeping first, so that an arriving worker wakes it', () => {
    const control = createControl(2);
    const notify = vi.spyOn(Atomics, 'notify');
    expect(
      meetAlone(control, () => {
        // The other worker's side of the meeting: it sees that a worker sleeps, and that all have arrived.
        expect(new Barrier(control, 1, 2, true).meet()).toBe(true);
        return 'ok';
      }),
    ).toEqual({ met: true, results: ['ok'] });
    expect(notify).toHaveBeenCalledWith(control, meetingsOf(1));
  });
});
