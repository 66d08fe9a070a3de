/** How long a reader may pause before a process that has to end no longer waits for it. */
const PAUSE_MILLISECONDS = 1000;

/**
 * Handles failed writes to standard output and standard error, so that they don't end the process.
 *
 * @param onFailure called for every failed write to standard output; `isClosed` if its reader has left, as `head` does
 */
export function handleFailedWrites(onFailure: (error: Error, isClosed: boolean) => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A closed terminal fails with EIO.
    onFailure(error, error.code === 'EPIPE' || error.code === 'EIO');
  });
  // No stream is left on which to report this.
  process.stderr.on('error', () => undefined);
}

/** Ends the process once its output is written. `process.exit` alone would discard what a full pipe has not taken. */
export function exitWhenWritten(exitCode: number): void {
  dontWaitForPausedReader(exitCode);
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

/**
 * Ends the process if the reader of its output takes nothing for a while. Output that waits in a full pipe would
 * otherwise keep the process alive, with nobody to read it.
 *
 * @param exitCode replaces `process.exitCode`
 */
export function dontWaitForPausedReader(exitCode?: number): void {
  let waiting: number | undefined;
  const timer = setInterval(() => {
    const now = process.stdout.writableLength + process.stderr.writableLength;
    if (now === waiting) process.exit(exitCode ?? process.exitCode);
    waiting = now;
  }, PAUSE_MILLISECONDS);
  timer.unref();
}
