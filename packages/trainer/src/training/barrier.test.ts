import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { abortBarrier } from './barrier.ts';
import { createControl } from './memory.ts';

interface Crew {
  readonly control: Int32Array;
  readonly exits: Promise<number[]>;
}

/** Starts `started` of the `workers` threads that the barrier waits for. */
function startCrew(workers: number, rounds: number, crowded: boolean, started = workers): Crew {
  const control = createControl(workers);
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

describe('the barrier', () => {
  test.each([
    [1, 1000, false],
    [2, 20_000, false],
    [2, 2000, true],
    [5, 500, true],
    [5, 100, false],
  ])(
    '%i workers meet %i times, and each sees what all wrote before (only sleeping: %s)',
    async (workers, rounds, crowded) => {
      expect(await startCrew(workers, rounds, crowded).exits).toEqual(
        Array.from({ length: workers }, () => 0),
      );
    },
  );

  test.each([0, 1, 20, 200])(
    'an abort frees those who wait for one that never comes, after %i ms',
    async (milliseconds) => {
      const { control, exits } = startCrew(4, 10, true, 3);
      await delay(milliseconds);
      abortBarrier(control);
      expect(await exits).toEqual([10, 10, 10]);
    },
  );
});
