import { createNetwork } from '@micronn/core';
import { parallelStrategies } from '@micronn/core/kernels';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createFaultyPool } from '../../test/harness/faulty-pool.ts';
import { digitSamples, trainDigits } from '../../test/train-digits.ts';
import type { BackendName } from './backend.ts';
import { abortBarrier, resetBarrier } from './barrier.ts';
import {
  createControl,
  DEBT,
  endTeam,
  JOIN_MEETINGS,
  JOIN_STEP,
  JOIN_TEAM,
  LATE,
  meetingsOf,
  type ParallelStrategy,
  readyOf,
  sharedPlaces,
  TEAM,
  type TrainingPlan,
  teamSize,
} from './memory.ts';
import { joinTeam, Leader } from './team.ts';

const THREADS = 4;

/** A team of so many threads, without the threads, and its leader. */
function createTeam(size: number): { control: Int32Array; leader: Leader } {
  const control = createControl(THREADS);
  resetBarrier(control, 0);
  Atomics.store(control, TEAM, size);
  return { control, leader: new Leader(control, THREADS, 0) };
}

describe('the leader', () => {
  test.each([0, 1000])('keeps the team after a late meeting of %i microseconds', (microseconds) => {
    const { control, leader } = createTeam(4);
    Atomics.store(control, LATE, microseconds);
    leader.decide(1, 2);
    expect([teamSize(control), Atomics.load(control, LATE)]).toEqual([4, 0]);
  });

  test('dismisses half of the threads each time too much time was lost: 4, 2, 1, 1', () => {
    const { control, leader } = createTeam(4);
    const sizes = [1, 2, 3, 4].map((step) => {
      Atomics.store(control, LATE, 1e6);
      leader.decide(step, 2 * step);
      return teamSize(control);
    });
    expect(sizes).toEqual([2, 1, 1, 1]);
  });

  test('adds up short losses, also from one epoch to the next', () => {
    const { control, leader } = createTeam(2);
    let lost = 0;
    for (; teamSize(control) === 2 && lost < 1e6; lost += 2000) {
      Atomics.store(control, LATE, 2000);
      leader.decide(1, 2);
    }
    expect(lost).toBeGreaterThan(2000);
    expect(teamSize(control)).toBe(1);
    resetBarrier(control, 0);
    expect(Atomics.load(control, DEBT)).toBeGreaterThan(2000);
  });

  test('takes in the threads that are ready, up to the first that is not, and tells them where they join', () => {
    const { control, leader } = createTeam(1);
    for (const rank of [1, 3]) Atomics.store(control, readyOf(rank), 1);
    leader.decide(7, 15);
    expect(joinTeam(control, 1)).toEqual({ step: 7, team: 1, meetings: 15 });
    expect([TEAM, JOIN_STEP, JOIN_TEAM, JOIN_MEETINGS].map((word) => control[word])).toEqual([2, 7, 1, 15]);
    // A thread is taken in once.
    expect([2, 3].map((rank) => control[readyOf(rank)])).toEqual([0, 1]);
  });

  test('begins without the threads that are late', () => {
    const { control, leader } = createTeam(1);
    Atomics.store(control, readyOf(1), 1);
    leader.gather(3, 5);
    expect([teamSize(control), control[JOIN_STEP]]).toEqual([2, 5]);
  });
});

describe('a thread that waits to join', () => {
  test('leaves when the team has ended', () => {
    const { control, leader } = createTeam(1);
    leader.end();
    expect(joinTeam(control, 1)).toBeUndefined();
  });

  test('leaves when the run is aborted, and frees a leader that waits for it', () => {
    const { control } = createTeam(1);
    abortBarrier(control);
    new Leader(control, THREADS, Number.POSITIVE_INFINITY).gather(2, 0);
    expect(Atomics.load(control, meetingsOf(1))).toBeGreaterThan(1e9);
    endTeam(control);
    expect(joinTeam(control, 1)).toBeUndefined();
  });
});

describe('any sequence of team sizes gives the bits of one thread', () => {
  const steps = 6;
  const batchSize = Math.ceil(digitSamples.count / steps);
  const sizes = sharedPlaces(new Uint32Array(steps + 1));

  describe.each<BackendName>(['wasm', 'reference'])('%s', (backend) => {
    const alone = createFaultyPool(1, backend);
    const pool = createFaultyPool(THREADS, backend, { sizes });
    afterAll(() => Promise.all([alone.close(), pool.close()]));

    test.each<[ParallelStrategy, number]>(
      backend === 'wasm'
        ? parallelStrategies.flatMap((parallel) => [
            [parallel, 10],
            [parallel, 40],
          ])
        : [['data', 4]],
    )('%s, %i hidden neurons', async (parallel, hidden) => {
      const plan: TrainingPlan = {
        parallel,
        layers: [784, hidden, 10],
        batchSize,
        shards: THREADS,
        learningRate: 0.1,
        momentum: 0.5,
      };
      const { parameters } = createNetwork(plan.layers, { seed: 1 });
      const run = { parameters, epochs: 2, seed: 1 };
      const expected = await trainDigits(alone, plan, run);
      const anySizes = fc.array(fc.integer({ min: 1, max: THREADS }), {
        minLength: sizes.length,
        maxLength: sizes.length,
      });
      await fc.assert(
        fc.asyncProperty(anySizes, async (drawn) => {
          sizes.set(drawn);
          const trained = await trainDigits(pool, plan, run);
          // toEqual would take a minute to describe thousands of differences.
          expect(trained.every((value, k) => value === expected[k])).toBe(true);
        }),
        { numRuns: 10 },
      );
    });
  });
});
