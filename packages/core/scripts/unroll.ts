/**
 * Unrolls lines of AssemblyScript. A vector stays in a register only as a local variable, and the language cannot
 * loop over local variables: `// unroll A..B` repeats the next line with every `$` replaced by A, …, B. The line
 * itself is valid TypeScript, because `$` is a name and may be part of one.
 */
const DIRECTIVE = /^( *)\/\/ unroll (\d+)\.\.(\d+)\n(.*)$/gm;

export function unroll(source: string): string {
  return source.replaceAll(DIRECTIVE, (_, indent: string, from: string, to: string, line: string) => {
    const [first, last] = [Number(from), Number(to)];
    const count = Math.abs(last - first) + 1;
    const direction = last < first ? -1 : 1;
    const statement = line.trim();
    return Array.from(
      { length: count },
      (__, k) => `${indent}${statement.replaceAll('$', String(first + k * direction))}`,
    ).join('\n');
  });
}
