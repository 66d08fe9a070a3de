import { MicronnError } from '../errors.ts';

/**
 * Runs work, and repeats it when a worker dies, as often as the run allows.
 *
 * @param again restores the state before the work is repeated
 */
export type Survival = <Result>(
  epoch: number,
  step: number,
  work: () => Promise<Result>,
  again?: () => void,
) => Promise<Result>;

/**
 * Returns the {@link Survival} of one run, which counts its restarts.
 *
 * @param maxRestarts limit for the whole run
 * @param onRestart awaited before work is repeated; gets the number of restarts so far
 */
export function createSurvival(
  maxRestarts: number,
  onRestart: (cause: MicronnError, epoch: number, step: number, restarts: number) => Promise<void>,
): Survival {
  let restarts = 0;
  return async (epoch, step, work, again) => {
    for (;;) {
      try {
        return await work();
      } catch (cause) {
        if (!(cause instanceof MicronnError && cause.code === 'WORKERS_FAILED')) throw cause;
        if (restarts === maxRestarts) throw tooOften(epoch, maxRestarts, cause);
        restarts++;
        await onRestart(cause, epoch, step, restarts);
        again?.();
      }
    }
  };
}

function tooOften(epoch: number, maxRestarts: number, cause: MicronnError): MicronnError {
  return new MicronnError(
    'WORKERS_FAILED',
    `a worker died in epoch ${epoch} (${reasonOf(cause)}), once more than --max-restarts ${maxRestarts} allows; the last checkpoint is intact`,
    {},
    { cause },
  );
}

/** Why the worker died: the message of the underlying error. */
export function reasonOf({ cause, sentence }: MicronnError): string {
  return cause instanceof Error ? cause.message : sentence;
}
