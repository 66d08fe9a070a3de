import { TableError } from '@micronn/core/data';
import { interrupted, MicronnError, unreadable } from '../../errors.ts';

/** Calls `use`; an error in the table becomes one of the command line, with the file's name. */
export function inFile<Result>(file: string, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    throw tableFailure(file, error);
  }
}

/** The error of the command line for an error in a table; any other error as it is. */
function tableFailure(file: string, error: unknown): unknown {
  if (!(error instanceof TableError)) return error;
  return new MicronnError(error.code, error.message, { file, ...error.place }, { cause: error });
}

/** Runs a reading, whose errors become those of the command line. */
export async function withFailures<Result>(
  file: string,
  signal: AbortSignal,
  use: () => Promise<Result>,
): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    if (signal.aborted) throw interrupted(file, error);
    const failure = tableFailure(file, error);
    throw failure instanceof MicronnError ? failure : isSystem(failure) ? unreadable(file, failure) : failure;
  }
}

function isSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
