import { readFileSync } from 'node:fs';
import { type BenchReport, describeReport } from './bench-report.ts';

/**
 * The benchmark that README and site show: bench/latest.json, written by `bench --out`. Both show the output of `bench`,
 * so the numbers cannot differ.
 */
export const shownBenchmark: BenchReport = JSON.parse(
  readFileSync(new URL('../../bench/latest.json', import.meta.url), 'utf8'),
) as BenchReport;

const block = /(?<=\nOn a machine with .*:\n\n```text\n)[\s\S]*?(?=\n```\n)/;

/** The README with the output of the benchmark inserted. */
export function withBenchmark(readme: string): string {
  if (!block.test(readme))
    throw new Error('README.md: expected a block of text after "On a machine with …:"');
  return readme.replace(block, () => describeReport(shownBenchmark));
}
