import { expect, test } from 'vitest';
import {
  formatAnySize,
  formatBytes,
  formatNumber,
  formatPercent,
  formatRate,
  formatShort,
  inBrackets,
} from './format-number.ts';

test('numbers have five decimals and a true minus sign', () => {
  expect(formatNumber(0.7011791802186178)).toBe('0.70118');
  expect(formatNumber(-0.30239994)).toBe('−0.30240');
});

test('a number that rounds to zero has no sign', () => {
  expect(formatNumber(-0)).toBe('0.00000');
  expect(formatNumber(-0.000004)).toBe('0.00000');
  expect(formatNumber(-0.000006)).toBe('−0.00001');
});

test('infinities and NaN have their names', () => {
  expect(formatNumber(Number.NEGATIVE_INFINITY)).toBe('−Infinity');
  expect(formatNumber(Number.NaN)).toBe('NaN');
});

test('percentages have one decimal', () => {
  expect(formatPercent(0.5306159499004489)).toBe('53.1 %');
  expect(formatPercent(1)).toBe('100.0 %');
});

test('a number of any size stays readable', () => {
  expect(formatAnySize(0.022)).toBe('0.02200');
  expect(formatAnySize(0)).toBe('0.00000');
  expect(formatAnySize(Math.exp(100))).toBe('2.688 × 10⁴³');
  expect(formatAnySize(-Math.exp(-100))).toBe('−3.720 × 10⁻⁴⁴');
  expect(formatAnySize(Number.POSITIVE_INFINITY)).toBe('∞');
  expect(formatAnySize(Number.NEGATIVE_INFINITY)).toBe('−∞');
  expect(formatAnySize(Number.NaN)).toBe('NaN');
});

test('a factor has no trailing zeros, and brackets if it is negative', () => {
  expect(formatShort(0.1)).toBe('0.1');
  expect(formatShort(3)).toBe('3');
  expect(inBrackets(formatShort(-0.504))).toBe('(−0.504)');
});

test('a count of bytes is in kilobytes or megabytes', () => {
  expect(formatBytes(32_856)).toBe('33 kB');
  expect(formatBytes(1_943_000)).toBe('1.9 MB');
});

test('a rate has three significant digits', () => {
  expect(formatRate(412_345)).toBe('412,000');
  expect(formatRate(98.7)).toBe('99');
});
