/** Saves beside training, one at a time. */
export interface Saving {
  /** Aborts as soon as a save fails, to end the work beside it. */
  readonly failed: AbortSignal;
  /** Takes on a save that has begun, and does not wait for it; only when no other one runs. */
  begin(save: Promise<void>): void;
  /**
   * Waits until nothing is being saved.
   *
   * @throws the error of the last save, every time
   */
  end(): Promise<void>;
}

/** Creates the {@link Saving} of one run. */
export function createSaving(): Saving {
  const failure = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    failed: failure.signal,
    begin(save) {
      running = save;
      // `end` reports the error.
      save.catch(() => failure.abort());
    },
    end: () => running,
  };
}
