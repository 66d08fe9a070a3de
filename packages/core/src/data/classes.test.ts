import { expect, test } from 'vitest';
import { areDigits, classesOf, DIGITS, labelText } from './classes.ts';

test.each([
  [
    ['10', '9', '2'],
    ['2', '9', '10'],
  ],
  [
    ['-1', '1'],
    ['-1', '1'],
  ],
  [
    ['b', 'a', '10', '9'],
    ['10', '9', 'a', 'b'],
  ],
  [
    ['5', '5', '0'],
    ['0', '5'],
  ],
])('the classes of %j are %j', (labels, values) => {
  expect(classesOf(labels)).toEqual({ values, names: values });
});

test('gaps stay gaps: the 24 letters of sign language', () => {
  const labels = Array.from({ length: 25 }, (_, k) => String(k)).filter((label) => label !== '9');
  expect(classesOf(labels.toReversed()).values).toEqual(labels);
});

test.each([
  ['5', '5'],
  ['5.0', '5'],
  [' 05 ', '5'],
  ['5e0', '5'],
  ['5.000000000000000000e+00', '5'],
  ['+5', '5'],
  ['-1.0', '-1'],
  ['5.5', '5.5'],
  ['five', 'five'],
  [' T-shirt/top ', 'T-shirt/top'],
  ['', ''],
  ['0x10', '0x10'],
  ['90071992547409930', '90071992547409930'],
])('the label %j is %j', (written, text) => {
  expect(labelText(written)).toBe(text);
});

test('ten classes are digits only if they are called so', () => {
  expect(areDigits(DIGITS)).toBe(true);
  expect(areDigits({ values: DIGITS.values, names: [...DIGITS.values.slice(1), 'ten'] })).toBe(false);
  expect(areDigits(classesOf('01'))).toBe(false);
});
