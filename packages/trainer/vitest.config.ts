import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // The end-to-end tests run the real command on real MNIST, on a machine that does other things too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts'], setupFiles: '../../testing/fast-check.ts' },
      },
      // One after another: each run already takes every core.
      { extends: true, test: { name: 'end-to-end', include: ['test/**/*.test.ts'], fileParallelism: false } },
      // What takes long: `npm run long`, and in CI.
      { extends: true, test: { name: 'long', include: ['test/**/*.long.ts'], fileParallelism: false } },
    ],
  },
});
