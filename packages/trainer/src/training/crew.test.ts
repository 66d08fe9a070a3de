import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCrew } from './crew.ts';
import type { StepsEnd } from './worker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Threads that end when the test says so, and the ranks in the order in which they were started. */
function createThreads() {
  const started: number[] = [];
  const enders = new Map<number, (end: StepsEnd) => void>();
  return {
    started,
    start: (rank: number): Promise<StepsEnd> => {
      started.push(rank);
      return new Promise((resolve) => enders.set(rank, resolve));
    },
    end: async (rank: number, kind: 'done' | 'dismissed'): Promise<void> => {
      enders.get(rank)!({ kind });
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

const policy = { cores: 4, patience: 1, pause: 10 };

test('starts a dismissed thread again after a pause, which doubles each time', async () => {
  const crew = createCrew({ ...policy, cores: 2 });
  const { start, started, end } = createThreads();
  const running = crew.run(2, start);
  for (const pause of [20, 40, 80]) {
    await end(1, 'dismissed');
    expect(crew.size).toBe(1);
    const before = started.length;
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(started.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(started.slice(before)).toEqual([1]);
    expect(crew.size).toBe(2);
  }
  await end(1, 'done');
  await end(0, 'done');
  expect((await running).length).toBe(5);
});

test('the team grows by steps, from 1 to 2 to 4 threads, without more threads than cores or workers', async () => {
  const crew = createCrew(policy);
  const { start, started, end } = createThreads();
  void crew.run(8, start);
  expect(started).toEqual([0, 1, 2, 3]);
  for (const rank of [3, 2, 1]) await end(rank, 'dismissed');
  await vi.advanceTimersByTimeAsync(1000);
  expect(started.slice(4)).toEqual([1, 2, 3]);
  const second = createThreads();
  void createCrew(policy).run(3, second.start);
  expect(second.started).toEqual([0, 1, 2]);
});

test('keeps the size of the team for the next epoch, and lets it grow then, if the pause is over', async () => {
  const crew = createCrew(policy);
  const first = createThreads();
  const epoch = crew.run(2, first.start);
  await first.end(1, 'dismissed');
  await first.end(0, 'done');
  await epoch;
  const second = createThreads();
  const next = crew.run(2, second.start);
  expect(second.started).toEqual([0]);
  await second.end(0, 'done');
  await next;
  await vi.advanceTimersByTimeAsync(1000);
  const third = createThreads();
  void crew.run(2, third.start);
  expect(third.started).toEqual([0, 1]);
});

test('starts no thread after one of the team is done, although the leader has not ended', async () => {
  const crew = createCrew(policy);
  const { start, started, end } = createThreads();
  void crew.run(4, start);
  await end(3, 'dismissed');
  await end(1, 'done');
  await vi.advanceTimersByTimeAsync(1000);
  expect(started).toEqual([0, 1, 2, 3]);
});
