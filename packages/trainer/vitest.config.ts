import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // The end-to-end tests run the real command on real MNIST, perhaps on a busy machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts'], setupFiles: '../../testing/fast-check.ts' },
      },
      // Not in parallel: each run already uses all cores.
      { extends: true, test: { name: 'end-to-end', include: ['test/**/*.test.ts'], fileParallelism: false } },
      // Slow tests: only `npm run long` and CI run them.
      { extends: true, test: { name: 'long', include: ['test/**/*.long.ts'], fileParallelism: false } },
    ],
  },
});
