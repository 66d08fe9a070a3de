import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/built-sites.ts'],
          // A browser on two busy cores takes its time.
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
