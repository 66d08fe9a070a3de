import { readRowInto, TableError, type TableForm } from '@micronn/core/data';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLabelBook } from './label-book.ts';
import { createPlainRows } from './plain-rows.ts';
import { findRowEnd } from './row-end.ts';
import { fieldsOf } from './row-fields.ts';

/** Numbers as programs write them, and what is none. */
const anyNumber = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 260 }).map(String) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => String(byte / 255)) },
  fc.double({ min: -2, max: 300, noNaN: true }).map(String),
  fc
    .tuple(fc.double({ min: -1, max: 300, noNaN: true }), fc.nat(20))
    .map(([value, k]) => value.toExponential(k)),
  fc.tuple(fc.double({ min: -1, max: 300, noNaN: true }), fc.nat(20)).map(([value, k]) => value.toFixed(k)),
  // At the border of two bytes, where the last digits decide.
  fc.tuple(fc.integer({ min: 0, max: 254 }), fc.bigInt({ min: 0n, max: 10n ** 12n })).map(([k, digits]) => {
    const border = ((k + 0.5) / 255).toFixed(17);
    return border.slice(0, -3) + digits.toString();
  }),
  fc.stringMatching(/^[+-]?[0-9]{0,4}[.,]?[0-9]{0,22}(?:[eE][+-]?[0-9]{0,3})?$/),
  fc.constantFrom(
    '255',
    '256',
    '257',
    '',
    '.',
    '-',
    '1e',
    '1.2.3',
    '0x10',
    'NaN',
    'Infinity',
    '1 2',
    'é',
    '1e400',
    '1e-400',
    '-0',
    '00',
  ),
);
/** Numbers that are right in each of the ranges below, and pixels of the whole range. */
const rightNumber = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '0.0',
    '1.0',
    '+1',
    '1e0',
    '0.000000000000000000e+00',
    '1.000000000000000000e+00',
  ),
  fc.integer({ min: 0, max: 255 }).map(String),
);
const anyField = fc
  .tuple(anyNumber, fc.constantFrom('', '', '', '"', '" ', ' ', '  ', '\t'), fc.boolean())
  .map(([number, around, both]) => {
    if (around.startsWith('"'))
      return `${around}${number}${both ? around.split('').toReversed().join('') : ''}`;
    return around + number + (both ? around : '');
  });

const anyForm: fc.Arbitrary<TableForm> = fc
  .record({
    delimiter: fc.constantFrom<TableForm['delimiter']>(',', ';', '\t', ' '),
    decimal: fc.constantFrom<TableForm['decimal']>('.', '.', ','),
    range: fc.constantFrom(
      undefined,
      undefined,
      { low: 0, high: 1 },
      { low: -1, high: 1 },
      { low: 255, high: 0 },
    ),
    column: fc.constantFrom(0, 2, 5, undefined),
    ignored: fc.constantFrom(1, 4, undefined),
    words: fc.boolean(),
    reversed: fc.boolean(),
  })
  .map(({ delimiter, decimal, range, column, ignored, words, reversed }) => {
    const pixels = [0, 1, 2, 3, 4, 5].filter((k) => k !== column && k !== ignored);
    const places = new Int16Array(6).fill(-1);
    for (const [k, field] of pixels.entries()) places[field] = reversed ? pixels.length - 1 - k : k;
    return {
      syntax: 'csv',
      delimiter,
      decimal: delimiter === ',' ? '.' : decimal,
      quote: '"',
      comment: '',
      fields: 6,
      label: column === undefined ? { kind: 'none' } : { kind: 'column', column, words },
      places,
      width: pixels.length,
      height: 1,
      ...(range && { range }),
      floats: false,
      told: [],
    };
  });

const rightField = fc
  .tuple(rightNumber, fc.constantFrom('', '', ' ', '"'))
  .map(([number, around]) => around + number + around);

/** A row of which at most one field may be wrong, or of another length. */
const anyFields = fc.oneof(
  fc
    .tuple(fc.array(rightField, { minLength: 6, maxLength: 6 }), fc.nat(5), anyField)
    .map(([fields, k, field]) => fields.with(k, field)),
  // Bytes as most programs write them, and what is just none.
  fc.array(fc.integer({ min: 0, max: 258 }).map(String), { minLength: 6, maxLength: 6 }),
  fc.array(anyField, { minLength: 5, maxLength: 7 }),
);

test('a plain row is what the grammar reads: of any numbers, delimiters and columns, with any label', () => {
  const seen = { plain: 0, grammar: 0, refused: 0 };
  fc.assert(
    fc.property(anyForm, anyFields, (form, fields) => {
      const text = `${fields.join(form.delimiter)}\n`;
      const bytes = Buffer.from(text);
      const row = findRowEnd(bytes, 0, bytes.length, form, true)!;
      // The reader of rows gives only whole lines to the plain reader.
      fc.pre(row.next === bytes.length && row.end > 0);
      const [images, expected] = [new Uint8Array(6), new Uint8Array(6)];
      const book = createLabelBook(form.label);
      const place = createPlainRows(form, book)!.read(bytes, 0, row.end, images, 0, 1);
      let label: string | undefined;
      try {
        const found = fieldsOf(bytes.toString('utf8', 0, row.end), row.hasQuotes, form, form, 1);
        label = readRowInto(form, found, expected, 0, 1);
      } catch (error) {
        expect(error).toBeInstanceOf(TableError);
      }
      if (place < 0) {
        seen[label === undefined ? 'refused' : 'grammar']++;
        return;
      }
      seen.plain++;
      expect([book.values[place] ?? '', ...images]).toEqual([label, ...expected]);
    }),
    { numRuns: 20_000 },
  );
  expect(seen.plain).toBeGreaterThan(500);
  expect(seen.refused).toBeGreaterThan(1000);
});

test('numbers of k / 255 in any program’s digits are k', () => {
  const form: TableForm = {
    syntax: 'csv',
    delimiter: ',',
    decimal: '.',
    quote: '"',
    comment: '',
    fields: 256,
    floats: true,
    told: [],
    label: { kind: 'none' },
    places: Int16Array.from({ length: 256 }, (_, k) => k),
    width: 16,
    height: 16,
    range: { low: 0, high: 1 },
  };
  const plain = createPlainRows(form, createLabelBook(form.label))!;
  const bytes = Uint8Array.from({ length: 256 }, (_, k) => k);
  for (const write of [
    String,
    (value: number) => value.toExponential(18),
    (value: number) => value.toFixed(3),
  ]) {
    const row = Buffer.from(`${Array.from(bytes, (k) => write(k / 255)).join(',')}\n`);
    const images = new Uint8Array(256);
    expect(plain.read(row, 0, row.length - 1, images, 0, 1)).toBe(0);
    expect(images).toEqual(bytes);
  }
});
