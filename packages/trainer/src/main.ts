#!/usr/bin/env node
/** The process: command line in, exit code out. */
import { createReporter, runProgram } from './command/program.ts';
import { tellError } from './console/tell-error.ts';

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

// What is thrown where nobody waits for it: the command is over, as nothing of it can be relied on.
process.on('uncaughtException', (error) => {
  process.exit(tellError(error, reporter));
});

try {
  await runProgram(args, reporter, interruption.signal);
} catch (error) {
  process.exitCode = tellError(error, reporter);
}
