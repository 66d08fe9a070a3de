import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeCommandLine } from './describe.ts';

const { commands, errors, warnings } = describeCommandLine();
const optionsOf = (name: string) => commands.find((command) => command.name === name)!.options;

describe('the command line in words', () => {
  test('a default that the help names is the one that the run has', () => {
    const differing = optionsOf('train').filter(({ standard, schema }) => {
      if (schema?.standard === undefined || schema.standard === true) return false;
      return standard !== JSON.stringify(schema.standard).replaceAll(/[[\]"]/g, '');
    });
    expect(differing).toEqual([]);
    expect(optionsOf('train').filter(({ schema }) => schema?.standard !== undefined)).toHaveLength(15);
  });

  test('every option of train but --config and --json is checked by the schema, and says what it expects', () => {
    const unchecked = optionsOf('train').filter(({ schema }) => !schema?.expected);
    expect(unchecked.map(({ flags }) => flags)).toEqual(['--config <file>', '--json']);
  });

  test('every code has its meaning, under the exit code of its family', () => {
    expect(errors.map(({ exitCode }) => exitCode)).toEqual([1, 2, 3, 4, 5, 6, 130]);
    expect(errors.flatMap(({ codes }) => codes).filter(({ meaning }) => meaning.length < 5)).toEqual([]);
  });

  test('the warnings are those that the sources give', () => {
    const src = fileURLToPath(new URL('..', import.meta.url));
    const given = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => readFileSync(path.join(src, file), 'utf8'))
      .flatMap((text) => Array.from(text.matchAll(/warn(?:ing)?\(\s*'([A-Z_]+)'/g), ([, code]) => code!));
    expect(warnings.map(({ code }) => code).toSorted()).toEqual([...new Set(given)].toSorted());
  });
});
