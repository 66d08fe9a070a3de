import path from 'node:path';
import { MicronnError } from '../errors.ts';

/** The folder in which the command was typed; pnpm changes to the folder of the package. */
function typedFrom(): string {
  return process.env['INIT_CWD'] || process.cwd();
}

/**
 * Makes a typed path absolute.
 *
 * @throws MicronnError (exit code 2) for an empty path, which would be the folder itself; an error of Node for a
 *   relative path when the working folder was deleted
 */
export function fromWhereTyped(typed: string): string {
  if (typed === '') throw new MicronnError('COMMAND_LINE', 'expected the path of a file or folder, got ""');
  return path.isAbsolute(typed) ? path.resolve(typed) : path.resolve(typedFrom(), typed);
}
