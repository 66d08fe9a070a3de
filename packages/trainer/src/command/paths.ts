import path from 'node:path';

/** Where paths are meant from: the folder in which the command was typed (pnpm leaves for the package's). */
function typedFrom(): string {
  return process.env['INIT_CWD'] ?? process.cwd();
}

/** A path as typed, made absolute. */
export function fromWhereTyped(typed: string): string {
  return path.resolve(typedFrom(), typed);
}
