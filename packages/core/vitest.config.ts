import { defineConfig } from 'vitest/config';

const packageTests = 'test/package/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'source',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [packageTests],
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
    ],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
