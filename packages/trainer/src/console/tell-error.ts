import { inspect } from 'node:util';
import { MicronnError } from '../errors.ts';
import type { Reporter } from './reporter.ts';

/**
 * Reports an error in one sentence; with DEBUG=micronn also its stack and cause.
 *
 * @returns the exit code of the error
 */
export function tellError(error: unknown, reporter: Reporter): number {
  if (process.env['DEBUG'] === 'micronn') process.stderr.write(`${inspect(error)}\n`);
  const told =
    error instanceof MicronnError
      ? error
      : new MicronnError(
          'UNEXPECTED',
          `internal error: ${String(error)}; please report it with the output of DEBUG=micronn`,
        );
  reporter.error(told);
  return told.exitCode;
}
