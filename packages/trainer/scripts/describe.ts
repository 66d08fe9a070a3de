/** Prints the command line and the benchmark as JSON, for the site's reference. */
import { describeReport } from '../src/bench/bench-report.ts';
import { shownBenchmark } from '../src/bench/shown-benchmark.ts';
import { describeCommandLine } from '../src/command/describe.ts';

const benchmark = { ...shownBenchmark, printed: describeReport(shownBenchmark) };
process.stdout.write(`${JSON.stringify({ ...describeCommandLine(), benchmark })}\n`);
