import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialectOf } from './table-dialect.ts';
import type { TableOptions } from './table-roles.ts';
import { readRowInto } from './table-row.ts';
import { understandTable } from './understand-table.ts';

function understand(lines: readonly string[], options?: TableOptions) {
  const dialect = dialectOf(lines);
  const rows = lines.map((line, k) => ({ fields: line.split(dialect.delimiter), line: k + 1 }));
  return understandTable(rows, dialect, options);
}

/** Pixels of rows: a margin of paper around ink. */
const pixels = (row: number): number[] =>
  Array.from({ length: 16 }, (_, k) => ([5, 6, 9, 10].includes(k) ? (row * 37 + k * 11) % 256 : 0));

const anyLabels = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 40, maxLength: 60 })
  .map((labels) => labels.map((label, i) => (i < 20 ? [3, 1, 4, 1, 5, 9, 2, 6, 5, 8][i % 10]! : label)));

describe('the place of the label', () => {
  test('is found by the values, first or last, with or without an index, whatever separates the fields', () => {
    fc.assert(
      fc.property(
        anyLabels,
        fc.constantFrom('first', 'last'),
        fc.constantFrom('', 'first', 'last'),
        fc.constantFrom(',', ';', '\t'),
        (labels, place, index, separator) => {
          const lines = labels.map((label, i) => {
            const row = place === 'first' ? [label, ...pixels(i)] : [...pixels(i), label];
            const indexed = index === 'first' ? [i, ...row] : index === 'last' ? [...row, i] : row;
            return indexed.join(separator);
          });
          const { form, hasHeader } = understand(lines);
          const column = place === 'first' ? (index === 'first' ? 1 : 0) : index === 'first' ? 17 : 16;
          expect(hasHeader).toBe(false);
          expect(form.label).toEqual({ kind: 'column', column, words: false });
          const image = new Uint8Array(16);
          expect(readRowInto(form, lines[30]!.split(separator), image, 0, 31)).toBe(String(labels[30]));
          expect([...image]).toEqual(pixels(30));
        },
      ),
    );
  });

  test('is never a column of the same value, one that counts, or one of two that look alike', () => {
    const columns: Record<string, (i: number) => number> = {
      constant: () => 5,
      counting: (i) => i,
      cycle: (i) => i % 10,
      even: (i) => [3, 1, 4, 1, 5, 9, 2, 6, 5, 8][i % 10]!,
      pixel: (i) => (i % 3 === 0 ? i * 5 : 0),
    };
    const outcomeOf = (first: string, last: string): string => {
      const lines = Array.from({ length: 50 }, (_, i) =>
        [columns[first]!(i), ...pixels(i).slice(1), columns[last]!(i)].join(','),
      );
      try {
        return understand(lines).form.told.at(-1)!;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(outcomeOf('even', 'pixel')).toBe('label in column 1');
    expect(outcomeOf('pixel', 'even')).toBe('label in column 17');
    expect(outcomeOf('even', 'constant')).toBe('label in column 1');
    expect(outcomeOf('constant', 'even')).toBe('label in column 17');
    expect(outcomeOf('constant', 'constant')).toContain('so the labels would be of one class only');
    for (const [one, other] of [
      ['even', 'even'],
      ['pixel', 'pixel'],
      ['pixel', 'constant'],
      ['constant', 'pixel'],
    ]) {
      expect(outcomeOf(one!, other!)).toContain('leave open whether column 1 or column 17 is the label');
    }
    for (const [one, other] of [
      ['cycle', 'constant'],
      ['cycle', 'pixel'],
    ]) {
      expect(outcomeOf(one!, other!)).toContain('column 1 counts up row by row, as an index does');
    }
    expect(outcomeOf('counting', 'even')).toContain('no label, and column 1 counts the rows');
  });
});

describe('the numbers', () => {
  const table = (value: (byte: number) => string, options?: TableOptions) =>
    understand(
      Array.from({ length: 30 }, (_, i) => [[3, 1, 4][i % 3], ...pixels(i).map(value)].join(',')),
      options,
    ).form;

  test.each([
    ['bytes', String, undefined],
    ['bytes written as floats', (byte: number) => `${byte}.0`, undefined],
    ['0 to 1', (byte: number) => String(byte / 255), { low: 0, high: 1 }],
    ['−1 to 1', (byte: number) => String(byte / 127.5 - 1), { low: -1, high: 1 }],
    ['fractions to 255', (byte: number) => String(byte * 0.99), { low: 0, high: 255 }],
    ['16 bits', (byte: number) => String(byte * 257), { low: 0, high: 65_535 }],
  ])('%s have their range', (_name, value, range) => {
    expect(table(value).range).toEqual(range);
  });

  test('a few that are wrong do not change it', () => {
    const broken = (wrong: string) => (byte: number) => (byte === 55 ? wrong : String(byte));
    for (const wrong of ['256', '-1', '1.5', 'NaN', '']) expect(table(broken(wrong)).range).toBeUndefined();
  });

  test('of no range that is known, they are asked for', () => {
    expect(() => table((byte) => String((byte - 128) / 40))).toThrow(
      'say which of them are black and white with --pixel-scale',
    );
    const pixelScale = { low: -3.2, high: 3.175 };
    expect(table((byte) => String((byte - 128) / 40), { pixelScale }).range).toEqual(pixelScale);
  });
});

test('a field that is no number is refused with its place', () => {
  const lines = Array.from({ length: 30 }, (_, i) => [[3, 1, 4][i % 3], ...pixels(i)].join(','));
  const { form } = understand(lines);
  fc.assert(
    fc.property(
      fc.string({ maxLength: 6 }).filter((text) => !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)),
      fc.integer({ min: 1, max: 16 }),
      (text, column) => {
        const fields = lines[7]!.split(',').with(column, text);
        const reading = () => readRowInto(form, fields, new Uint8Array(16), 0, 8);
        expect(reading).toThrow(
          expect.objectContaining({ code: 'CSV_PIXEL', place: { line: 8, column: column + 1 } }),
        );
      },
    ),
  );
});
