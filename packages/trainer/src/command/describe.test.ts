import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exitCodes, families } from '../errors.ts';
import { describeCommandLine } from './describe.ts';
import { describeEvents } from './describe-events.ts';
import { trainSchema } from './option-schema.ts';

const { commands, errors, warnings } = describeCommandLine();
const optionsOf = (name: string) => commands.find((command) => command.name === name)!.options;
const trainOptions = optionsOf('train');

/** `--no-cache` and `--cache` set the key `cache`; `--batch-size <n>` sets `batchSize`. */
const keyOf = (flags: string): string =>
  /^--(?:no-)?([\w-]+)/.exec(flags)![1]!.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe('the command line as data', () => {
  test('it has every command, each with a description and described options', () => {
    expect(commands.map(({ name }) => name)).toEqual(['train', 'evaluate', 'predict', 'export', 'bench']);
    for (const { name, description, options } of commands) {
      expect(description, name).not.toBe('');
      expect(options.length, name).toBeGreaterThan(0);
      for (const option of options) expect(option.description, `${name} ${option.flags}`).not.toBe('');
    }
  });

  test('train has an option for every key of its schema, and no others but --config and --json', () => {
    const keys = new Set(trainOptions.map(({ flags }) => keyOf(flags)));
    expect([...keys].toSorted()).toEqual([...Object.keys(trainSchema.shape), 'config', 'json'].toSorted());
  });

  test('every option of train that the schema checks says which values it expects', () => {
    const unchecked = trainOptions.filter(({ schema }) => !schema?.expected);
    expect(unchecked.map(({ flags }) => flags)).toEqual(['--config <file>', '--json']);
  });

  test('the default in the help text is the default of the run', () => {
    const checked = trainOptions.flatMap(({ flags, standard, schema }) =>
      schema && !keyOf(flags).startsWith('cache') ? [{ flags, standard, inRun: schema.standard }] : [],
    );
    // The defaults of these depend on the data, the machine or the time, or they have none.
    const variable = checked.filter(({ inRun }) => inRun === undefined).map(({ flags }) => keyOf(flags));
    expect(variable).toEqual([
      'testData',
      'validationSplit',
      'threads',
      'preset',
      'labelColumn',
      'pixelScale',
      'invert',
      'invert',
      'transpose',
      'transpose',
      'size',
      'colours',
      'classNames',
      'out',
      'resume',
    ]);
    for (const { flags, standard, inRun } of checked) {
      if (inRun === undefined) continue;
      expect(standard, flags).toBe(JSON.stringify(inRun).replaceAll(/[[\]"]/g, ''));
    }
  });

  test('every error code stands under the exit code of its family, with a distinct meaning', () => {
    expect(errors.map(({ exitCode }) => exitCode)).toEqual([1, 2, 3, 4, 5, 6, 130]);
    const placed = errors.flatMap(({ exitCode, codes }) => codes.map(({ code }) => [code, exitCode]));
    const expected = Object.entries(families).map(([code, family]) => [code, exitCodes[family]]);
    expect(Object.fromEntries(placed)).toEqual(Object.fromEntries(expected));
    const meanings = errors.flatMap(({ codes }) => codes.map(({ meaning }) => meaning));
    expect(meanings).not.toContain('');
    expect(new Set(meanings).size).toBe(meanings.length);
  });

  test('the warnings are those that the sources give', () => {
    const src = fileURLToPath(new URL('..', import.meta.url));
    const given = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => readFileSync(path.join(src, file), 'utf8'))
      .flatMap((text) =>
        Array.from(text.matchAll(/(?:tell|warn|warning)\(\s*'([A-Z_]+)'/g), ([, code]) => code!),
      );
    expect(warnings.map(({ code }) => code).toSorted()).toEqual([...new Set(given)].toSorted());
    expect(warnings.map(({ meaning }) => meaning)).not.toContain('');
  });
});

test('a field of an event has its type without the mark of an optional field', () => {
  const { RunStart, Place } = describeEvents();
  expect(RunStart.find(({ name }) => name === 'layers')).toEqual({
    name: 'layers',
    type: 'number[]',
    optional: false,
    meaning: 'layer sizes, from the inputs to the classes',
  });
  expect(RunStart.find(({ name }) => name === 'resumed')).toMatchObject({ type: 'object', optional: true });
  expect(Place.map(({ name, optional }) => [name, optional])).toEqual([
    ['file', true],
    ['line', true],
    ['column', true],
  ]);
});
