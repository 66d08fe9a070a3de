#!/usr/bin/env node
/** The process: command line in, exit code out. */
import { createReporter, runProgram } from './command/program.ts';
import { MicronnError } from './errors.ts';

const args = process.argv.slice(2);
const reporter = createReporter(args);
const interruption = new AbortController();

let interrupts = 0;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    interrupts++;
    // The second one does not wait for anything.
    if (interrupts > 1) process.exit(130);
    interruption.abort();
  });
}

try {
  await runProgram(args, reporter, interruption.signal);
} catch (error) {
  if (process.env['DEBUG'] === 'micronn')
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  if (!(error instanceof MicronnError)) throw error;
  reporter.error(error);
  process.exitCode = error.exitCode;
}
