import { defineConfig } from 'vitest/config';

// Tests of what belongs to no package. Each package has its own configuration.
export default defineConfig({
  test: {
    include: ['scripts/*.test.mjs', 'testing/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
});
