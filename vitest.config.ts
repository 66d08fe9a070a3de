import { defineConfig } from 'vitest/config';

// Tests of what belongs to no package. Each package has its own configuration.
export default defineConfig({
  test: {
    include: ['scripts/*.test.mjs', 'testing/*.test.ts'],
    // Tests that start processes take long on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
