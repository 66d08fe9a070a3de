import { defineConfig } from 'vitest/config';

const packageTests = 'test/package/**/*.test.ts';
// These need browsers that no npm package contains, so a separate command runs them.
const browserTests = 'test/browsers/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'source',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [packageTests, browserTests],
          setupFiles: '../../testing/fast-check.ts',
          // Property tests and Chromium are slow on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'package',
          include: [packageTests],
          globalSetup: 'test/package/packed.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: { name: 'browsers', include: [browserTests], testTimeout: 120_000, hookTimeout: 60_000 },
      },
      {
        // Slow tests, and tests with large programs: `npm run long`, which CI runs, too.
        test: { name: 'long', include: ['test/**/*.long.ts'], testTimeout: 120_000 },
      },
    ],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
