import { readFileSync } from 'node:fs';
import type { BenchReport } from './bench-report.ts';

/** The benchmark results that the site shows: bench/latest.json, as `bench --out` writes it. */
export const shownBenchmark: BenchReport = JSON.parse(
  readFileSync(new URL('../../bench/latest.json', import.meta.url), 'utf8'),
) as BenchReport;
