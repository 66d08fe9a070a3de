import { defineConfig } from 'vitest/config';

/** Tests that take minutes: `pnpm --filter trainer soak`. */
export default defineConfig({
  test: { include: ['soak/**/*.test.ts'], testTimeout: 1_800_000 },
});
