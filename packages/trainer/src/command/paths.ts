import path from 'node:path';
import { MicronnError } from '../errors.ts';

/** Where paths are meant from: the folder in which the command was typed (pnpm leaves for the package's). */
function typedFrom(): string {
  return process.env['INIT_CWD'] ?? process.cwd();
}

/**
 * A path as typed, made absolute.
 *
 * @throws MicronnError (exit code 2) for nothing at all, which would be the folder itself
 */
export function fromWhereTyped(typed: string): string {
  if (typed === '') throw new MicronnError('COMMAND_LINE', 'expected the path of a file or folder, got ""');
  return path.resolve(typedFrom(), typed);
}
