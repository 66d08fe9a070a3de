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
          // A browser is slow on two busy cores.
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      // These tests need a second build of the site. They run with `npm run long`, and in CI.
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
