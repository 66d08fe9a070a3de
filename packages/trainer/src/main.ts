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

// Whoever reads our output may leave early, as `head` does; there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await runProgram(args, reporter, interruption.signal);
} catch (error) {
  if (process.env['DEBUG'] === 'micronn')
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const told =
    error instanceof MicronnError
      ? error
      : new MicronnError(
          'UNEXPECTED',
          `expected no error here, got ${String(error)}; please report it with what DEBUG=micronn prints`,
        );
  reporter.error(told);
  process.exitCode = told.exitCode;
}
