import { createReporter, runProgram } from './command/program.ts';
import { productionParts, type TrainParts } from './command/train.ts';
import { tellError } from './console/tell-error.ts';
import { MicronnError } from './errors.ts';

/**
 * Runs the command line in this process: handles its signals and sets its exit code.
 *
 * @param parts what `train` is made of
 */
export async function run(args: readonly string[], parts: TrainParts = productionParts): Promise<void> {
  const reporter = createReporter(args);
  const interruption = new AbortController();

  let interrupts = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      interrupts++;
      // The second signal does not wait for anything.
      if (interrupts > 1) process.exit(130);
      interruption.abort();
    });
  }

  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of the output may leave early, as `head` does. The command ends as if interrupted, and saves its work.
    if (error.code === 'EPIPE') return interruption.abort();
    const sentence = `cannot write to standard output: ${error.message}`;
    process.exit(tellError(new MicronnError('OUTPUT', sentence), reporter));
  });

  // An error thrown outside of any promise leaves the process in an unknown state.
  process.on('uncaughtException', (error) => {
    process.exit(tellError(error, reporter));
  });

  try {
    await runProgram(args, reporter, interruption.signal, parts);
  } catch (error) {
    process.exitCode = tellError(error, reporter);
  }
}
