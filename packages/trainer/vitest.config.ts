import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // The end-to-end tests run the real command on real MNIST, on a machine that does other things too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      // Two at a time: a run takes every core, but most of a test is starts and ends.
      { extends: true, test: { name: 'end-to-end', include: ['test/**/*.test.ts'], maxWorkers: 2 } },
      // Half a minute of both cores: `pnpm --filter trainer notebook`, and in CI.
      { extends: true, test: { name: 'notebook', include: ['test/notebook.soak.ts'] } },
    ],
  },
});
