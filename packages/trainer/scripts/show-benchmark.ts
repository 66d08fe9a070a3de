// Writes bench/latest.json into the README. To measure again, in the root:
//
//   pnpm --filter trainer start bench --out packages/trainer/bench/latest.json
//   pnpm --filter trainer run show-benchmark
import { readFileSync, writeFileSync } from 'node:fs';
import { withBenchmark } from '../src/bench/shown-benchmark.ts';

const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, withBenchmark(readFileSync(readme, 'utf8')));
