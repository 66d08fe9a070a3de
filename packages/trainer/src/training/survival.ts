import { MicronnError } from '../errors.ts';

/**
 * Does a piece of work, and again when a worker dies in it, as often as the run allows.
 *
 * @param again puts back what the work may have left half done
 */
export type Survival = <Result>(
  epoch: number,
  step: number,
  work: () => Promise<Result>,
  again?: () => void,
) => Promise<Result>;

/**
 * @param maxRestarts over the whole run
 * @param onRestart told before work is begun again, with the number of times that makes
 */
export function createSurvival(
  maxRestarts: number,
  onRestart: (cause: MicronnError, epoch: number, step: number, restarts: number) => void,
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
        onRestart(cause, epoch, step, restarts);
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

/** What ended the worker, in the words of whoever noticed. */
export function reasonOf({ cause, sentence }: MicronnError): string {
  return cause instanceof Error ? cause.message : sentence;
}
