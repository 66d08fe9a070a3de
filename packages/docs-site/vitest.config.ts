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
          globalSetup: ['e2e/root-site.ts'],
          // A browser is slow on a busy machine.
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      // Builds the site a second time, so only `npm run long` and CI run it.
      {
        test: {
          name: 'long',
          include: ['e2e/**/*.long.ts'],
          globalSetup: ['e2e/base-site.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
