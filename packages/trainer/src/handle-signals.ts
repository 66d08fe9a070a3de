/**
 * A signal can arrive more than once: the terminal sends it to every process, and pnpm passes it on. Copies arrive within
 * this time.
 */
const COPIES_MILLISECONDS = 1000;

/**
 * Handles the signals that end a process: Ctrl-C, SIGTERM, and the closed terminal's SIGHUP.
 *
 * @param interrupt called for a signal and its copies
 * @param leave called when the same signal comes again later
 */
export function handleSignals(interrupt: () => void, leave: (signal: NodeJS.Signals) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    let isFirst = true;
    let hasCopies = true;
    process.on(signal, () => {
      if (!hasCopies) return leave(signal);
      interrupt();
      if (!isFirst) return;
      isFirst = false;
      // A copy may wait while this process is busy or suspended. Node handles it between the timer and the immediate.
      const end = (): void => void setImmediate(() => (hasCopies = false));
      setTimeout(end, COPIES_MILLISECONDS).unref();
    });
  }
}

/** Handles the message by which the start script passes any signal on, at any time after the signal itself. */
export function handleStartScript(interrupt: () => void): void {
  process.on('message', (message) => {
    if (message === 'interrupt') interrupt();
  });
  // The listener alone would keep the process alive.
  process.channel?.unref();
}
