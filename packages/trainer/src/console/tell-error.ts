import { inspect } from 'node:util';
import { MicronnError } from '../errors.ts';
import type { Reporter } from './reporter.ts';

/**
 * Tells what went wrong in one sentence, and with DEBUG=micronn where, and what caused it.
 *
 * @returns its exit code
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
