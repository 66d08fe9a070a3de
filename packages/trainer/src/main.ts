#!/usr/bin/env node
/** The process: command line in, exit code out. */
import { createReporter, runProgram } from './command/program.ts';
import { tellError } from './console/tell-error.ts';
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

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads our output may leave early, as `head` does. What is under way ends as if stopped, and keeps what it has.
  if (error.code === 'EPIPE') return interruption.abort();
  const sentence = `expected to write to standard output, got ${error.message}`;
  process.exit(tellError(new MicronnError('OUTPUT', sentence), reporter));
});

// What is thrown where nobody waits for it: the command is over, as nothing of it can be relied on.
process.on('uncaughtException', (error) => {
  process.exit(tellError(error, reporter));
});

try {
  await runProgram(args, reporter, interruption.signal);
} catch (error) {
  process.exitCode = tellError(error, reporter);
}
