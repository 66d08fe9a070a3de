import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModules } from './declarations.ts';

describe('a module', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'declarations-'));
    writeFileSync(
      path.join(folder, 'inner.ts'),
      `/**
 * Twice: 2·x for {@link Input}.
 *
 * - a list
 *
 * @param x what is doubled
 * @throws RangeError when x is
 *   too large
 */
export async function twice(x: Input, by = 2): Promise<number> {
  return by * x;
}
export type Input = number;
/** Wrong. */
export class Wrong extends Error {
  /** Stable. */
  readonly code = 'WRONG';
  private hidden = 1;
  say(): string {
    return this.code + this.hidden;
  }
}
export const LEAST: number = -1;
export const table: readonly string[] = ['a', 'b'];
export const computed: number = 1 + 1;
`,
    );
    writeFileSync(path.join(folder, 'index.ts'), `/** All of it. */\nexport * from './inner.ts';\n`);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test('has declarations without bodies, their docstrings, and their files', () => {
    const [module] = readModules([path.join(folder, 'index.ts')]);
    expect(module!.text).toBe('All of it.');
    expect(module!.exports.map(({ name, kind, signature }) => [name, kind, signature])).toEqual([
      ['twice', 'function', 'function twice(x: Input, by = 2): Promise<number>'],
      ['Input', 'type', 'type Input = number;'],
      [
        'Wrong',
        'class',
        "class Wrong extends Error {\n  /** Stable. */\n  readonly code = 'WRONG';\n  say(): string\n}",
      ],
      ['LEAST', 'constant', 'const LEAST: number = -1'],
      ['table', 'constant', "const table: readonly string[] = ['a', 'b']"],
      ['computed', 'constant', 'const computed: number'],
    ]);
    expect(module!.exports[0]).toMatchObject({
      doc: {
        text: 'Twice: 2·x for {@link Input}.\n\n- a list',
        params: [{ name: 'x', text: 'what is doubled' }],
        throws: ['RangeError when x is too large'],
      },
      file: path.join(folder, 'inner.ts'),
    });
    // TypeScript takes seconds on a busy machine.
  }, 60_000);
});
