import { inspect } from 'node:util';
import { MicronnError } from '../errors.ts';
import { systemFailure } from '../system-failure.ts';
import type { Reporter } from './reporter.ts';

/**
 * Reports an error in one sentence; with DEBUG=micronn also its stack and cause.
 *
 * @returns the exit code of the error
 */
export function tellError(error: unknown, reporter: Reporter): number {
  if (process.env['DEBUG'] === 'micronn') process.stderr.write(`${inspect(error)}\n`);
  const told = systemFailure(error) ?? (error instanceof MicronnError ? error : unexpected(error));
  reporter.error(told);
  return told.exitCode;
}

function unexpected(error: unknown): MicronnError {
  return new MicronnError(
    'UNEXPECTED',
    `internal error: ${String(error)}; please report it with the output of DEBUG=micronn`,
  );
}
