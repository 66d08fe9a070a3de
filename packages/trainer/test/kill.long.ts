import { expect, test } from 'vitest';
import { soak } from './soak.ts';

test.skipIf(process.platform === 'win32')(
  '12 signals at random moments of runs that save at every step: no step lost, and the same end',
  async () => {
    const { kills, runs, whileSaving, interrupted } = await soak(12, 12);
    expect(kills).toBe(12);
    expect(runs).toBeGreaterThanOrEqual(1);
    expect(whileSaving).toBeGreaterThan(0);
    expect(interrupted).toBeGreaterThan(0);
  },
);
