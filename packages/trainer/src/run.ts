import { createReporter, runProgram } from './command/program.ts';
import type { TrainParts } from './command/train.ts';
import type { Reporter } from './console/reporter.ts';
import { dontWaitForPausedReader, exitWhenWritten, handleFailedWrites } from './console/standard-streams.ts';
import { tellError } from './console/tell-error.ts';
import { MicronnError } from './errors.ts';
import { handleSignals, handleStartScript } from './handle-signals.ts';
import { watchParents } from './watch-parents.ts';

/**
 * Runs the command line in this process: handles its signals and sets its exit code.
 *
 * @param parts what `train` is made of; left out for the real parts
 */
export async function run(args: readonly string[], parts?: TrainParts): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  let runFolder: string | undefined;
  const reporter = withStart(await createReporter(args), ({ runDir }) => {
    runFolder = runDir;
  });

  handleSignals(interrupt, (signal) => process.exit(tellError(leftAtOnce(signal, runFolder), reporter)));
  handleStartScript(interrupt);
  let isOrphan = false;
  watchParents(() => {
    isOrphan = !interruption.signal.aborted;
    interrupt();
  });
  handleOutput(args.includes('--json') ? interrupt : () => undefined);
  // A failure of the system, such as too many open files, can strike at several places at once: one of them is told.
  let isTold = false;
  const tell = (error: unknown): number | undefined => {
    if (isTold) return undefined;
    isTold = true;
    return tellError(error, reporter);
  };
  // An error thrown outside of any promise leaves the process in an unknown state.
  process.on('uncaughtException', (error) => {
    exitWhenWritten(tell(error) ?? Number(process.exitCode ?? 1));
  });

  try {
    await runProgram(args, reporter, interruption.signal, parts);
  } catch (error) {
    const exitCode = tell(isOrphan ? withReason(error) : error);
    if (exitCode !== undefined) process.exitCode = exitCode;
  }
  // The work is done; only unread output can keep an interrupted process alive.
  if (interruption.signal.aborted) dontWaitForPausedReader();
  else interruption.signal.addEventListener('abort', () => dontWaitForPausedReader(130));
}

/** The reporter, with a callback for the start of a run. */
function withStart(reporter: Reporter, onStart: Reporter['start']): Reporter {
  return {
    ...reporter,
    start(begun) {
      onStart(begun);
      reporter.start(begun);
    },
  };
}

/** Adds to the error of an interrupted command that no signal interrupted it. */
function withReason(error: unknown): unknown {
  if (!(error instanceof MicronnError) || error.code !== 'INTERRUPTED') return error;
  const sentence = `the process that started this command is gone: ${error.sentence}`;
  return new MicronnError('INTERRUPTED', sentence, error.place, { cause: error });
}

function leftAtOnce(signal: NodeJS.Signals, runFolder: string | undefined): MicronnError {
  const saved = `; the last checkpoint is intact: continue with --resume ${runFolder}`;
  return new MicronnError('INTERRUPTED', `left at once on a second ${signal}${runFolder ? saved : ''}`);
}

/**
 * Keeps the command running when standard output cannot be written: its files matter more than its lines. An error other
 * than a closed reader is told, and sets the exit code.
 *
 * @param onFailure called for every failed write
 */
function handleOutput(onFailure: () => void): void {
  let failure: MicronnError | undefined;
  handleFailedWrites((error, isClosed) => {
    onFailure();
    if (isClosed || failure) return;
    failure = new MicronnError('OUTPUT', `cannot write to standard output: ${error.message}`);
    process.stderr.write(`error ${failure.code}: ${failure.message}\n`);
  });
  process.on('exit', () => {
    if (failure) process.exitCode = failure.exitCode;
  });
}
