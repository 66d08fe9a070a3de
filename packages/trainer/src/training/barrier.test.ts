import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { abortBarrier, Barrier } from './barrier.ts';
import { ABORT, createControl, LATE, meetingsOf, SLEEPING } from './memory.ts';

interface Threads {
  readonly control: Int32Array;
  readonly exits: Promise<number[]>;
}

/** Starts `started` of the `team` threads that the barrier waits for. */
function startThreads({ team, started = team, rounds }: TeamOptions, control = createControl(team)): Threads {
  const visits = new Uint32Array(new SharedArrayBuffer(4 * team));
  const exits = Array.from({ length: started }, async (_, rank) => {
    const thread = new Worker(new URL('./barrier-worker.ts', import.meta.url), {
      workerData: { control, visits, rank, team, rounds },
    });
    const [code] = (await once(thread, 'exit')) as [number];
    return code;
  });
  return { control, exits: Promise.all(exits) };
}

interface TeamOptions {
  readonly team: number;
  readonly started?: number;
  readonly rounds: number;
}

/** Waits until the shared memory has a given state, however long the threads take. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await setImmediate();
}

describe('threads at the barrier', () => {
  test.each([
    [1, 1000],
    [2, 5000],
    [5, 100],
  ])('%i threads meet %i times, and each sees what all wrote before the meeting', async (team, rounds) => {
    expect(await startThreads({ team, rounds }).exits).toEqual(Array.from({ length: team }, () => 0));
  });

  const incomplete = { team: 4, started: 3, rounds: 10 };
  const arrivals = (control: Int32Array): number =>
    [0, 1, 2].filter((rank) => Atomics.load(control, meetingsOf(rank)) === 1).length;

  test('no thread waits after an abort', async () => {
    const control = createControl(incomplete.team);
    abortBarrier(control);
    expect(await startThreads(incomplete, control).exits).toEqual([10, 10, 10]);
  });

  test.each([1, 2, 3])(
    'an abort when %i of four threads have arrived frees all three that arrive',
    async (count) => {
      const { control, exits } = startThreads(incomplete);
      await until(() => arrivals(control) >= count);
      abortBarrier(control);
      expect(await exits).toEqual([10, 10, 10]);
    },
  );

  test('an abort wakes sleeping threads', async () => {
    const { control, exits } = startThreads(incomplete);
    await until(() => Atomics.load(control, SLEEPING) === 3);
    abortBarrier(control);
    expect(await exits).toEqual([10, 10, 10]);
  });
});

/**
 * Events between a thread's check of another thread's word and its sleep, which no timing of threads reproduces
 * reliably.
 */
describe('races between check and sleep', () => {
  afterEach(() => void vi.restoreAllMocks());

  const sleep = Atomics.wait.bind(Atomics);

  /** Lets thread 0 of two meet alone; each of its sleeps is replaced by the next of the given functions. */
  function meetAlone(control: Int32Array, ...sleeps: ((...args: SleepArguments) => string)[]) {
    const results: string[] = [];
    vi.spyOn(Atomics, 'wait').mockImplementation(((...args: SleepArguments) => {
      const replacement = sleeps[results.length];
      if (!replacement) throw new Error('slept once too often');
      results.push(replacement(...args));
      return results.at(-1);
    }) as typeof Atomics.wait);
    const met = new Barrier(control, 0, Number.POSITIVE_INFINITY).meet(2);
    return { met, results };
  }

  type SleepArguments = [control: Int32Array, word: number, seen: number, timeout: number];
  /** Longer than any thread needs: the timeout of a sleep that nobody ends. */
  const TOO_LONG_MS = 2000;
  const awaited = ([control, word, seen]: SleepArguments): SleepArguments => [
    control,
    word,
    seen,
    TOO_LONG_MS,
  ];

  test('the other thread arrives: the sleep ends at once, and both have met', () => {
    const control = createControl(2);
    expect(
      meetAlone(control, (...args) => {
        Atomics.store(control, meetingsOf(1), 1);
        return sleep(...awaited(args));
      }),
    ).toEqual({ met: true, results: ['not-equal'] });
    expect(Atomics.load(control, SLEEPING)).toBe(0);
  });

  test('the other thread is already on its way to the next meeting: both have met', () => {
    const control = createControl(2);
    Atomics.store(control, meetingsOf(1), 2);
    expect(meetAlone(control)).toEqual({ met: true, results: [] });
  });

  test('the run is aborted: the sleep ends at once, and the thread must return', () => {
    const control = createControl(2);
    expect(
      meetAlone(control, (...args) => {
        abortBarrier(control);
        return sleep(...awaited(args));
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
        return sleep(...awaited(args));
      }),
    ).toEqual({ met: true, results: ['ok', 'ok', 'not-equal'] });
  });

  test('a thread counts itself as sleeping first, so that an arriving thread wakes it', () => {
    const control = createControl(2);
    const notify = vi.spyOn(Atomics, 'notify');
    expect(
      meetAlone(control, () => {
        // The other thread's side of the meeting: it sees that a thread sleeps, and that all have arrived.
        expect(new Barrier(control, 1, Number.POSITIVE_INFINITY).meet(2)).toBe(true);
        return 'ok';
      }),
    ).toEqual({ met: true, results: ['ok'] });
    expect(notify).toHaveBeenCalledWith(control, meetingsOf(1));
  });

  test('a thread that returns because of an abort leaves its word larger than any meeting', () => {
    const control = createControl(2);
    meetAlone(control, (...args) => {
      abortBarrier(control);
      // As if the thread had counted its meeting only after the abort.
      Atomics.store(control, meetingsOf(0), 1);
      return sleep(...awaited(args));
    });
    // The other thread may already wait for the next meeting.
    expect(new Barrier(control, 1, Number.POSITIVE_INFINITY).meet(2)).toBe(false);
    expect(Atomics.load(control, meetingsOf(0))).toBeGreaterThan(1e9);
  });

  test('the leader learns how late a meeting was, if it was later than the patience', () => {
    for (const [patience, told] of [
      [0, true],
      [TOO_LONG_MS, false],
    ] as const) {
      const control = createControl(2);
      vi.spyOn(Atomics, 'wait').mockImplementation(((...args: SleepArguments) => {
        Atomics.store(control, meetingsOf(1), 1);
        return sleep(...awaited(args));
      }) as typeof Atomics.wait);
      expect(new Barrier(control, 0, patience).meet(2)).toBe(true);
      expect(Atomics.load(control, LATE) > 0).toBe(told);
    }
  });
});
