import { expect, test } from 'vitest';
import { soak } from './soak.ts';

test.skipIf(process.platform === 'win32')(
  '25 SIGKILLs at random moments of runs that save at every step: never a folder that cannot be loaded, and the same end',
  async () => {
    const { kills, runs, whileSaving } = await soak(25, 25);
    expect(kills).toBe(25);
    expect(runs).toBeGreaterThanOrEqual(1);
    expect(whileSaving).toBeGreaterThan(0);
  },
);
