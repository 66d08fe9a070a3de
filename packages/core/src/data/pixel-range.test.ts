import { expect, test } from 'vitest';
import { BYTES, byteOf, rangeOf, rangeText } from './pixel-range.ts';

test('every fraction k / 255 gives the byte k, as float64, as float32 and in [−1, 1]', () => {
  for (let k = 0; k <= 255; k++) {
    expect(byteOf(k / 255, { low: 0, high: 1 })).toBe(k);
    expect(byteOf(Math.fround(k / 255), { low: 0, high: 1 })).toBe(k);
    expect(byteOf(k / 127.5 - 1, { low: -1, high: 1 })).toBe(k);
    expect(byteOf(257 * k, { low: 0, high: 65_535 })).toBe(k);
    expect(byteOf(k, BYTES)).toBe(k);
  }
});

test('0 to 16 is spread over 0 to 255, halves up', () => {
  const bytes = Array.from({ length: 17 }, (_, value) => byteOf(value, { low: 0, high: 16 }));
  expect(bytes.map((byte) => Math.abs(byte - (255 * bytes.indexOf(byte)) / 16) <= 0.5)).not.toContain(false);
  expect([bytes[0], bytes[8], bytes[16]]).toEqual([0, 128, 255]);
});

test.each([
  [0, 255, true, '0–255'],
  [0, 254, true, '0–255'],
  [3, 17, true, '0–255'],
  [0, 16, true, '0–16'],
  [0, 15, true, '0–15'],
  [0, 65_535, true, '0–65535'],
  [0, 256, true, '0–65535'],
  [0, 1, false, '0–1'],
  [0, 0.996, false, '0–1'],
  [-1, 1, false, '−1 to 1'],
  [-1, 1, true, '−1 to 1'],
  [0, 254.5, false, '0–255'],
])('from %d to %d, whole numbers: %j: %s', (least, most, whole, text) => {
  expect(rangeText(rangeOf({ least, most, whole })!)).toBe(text);
});

test.each([
  [0, 1, true],
  [0, 0, true],
  [0, 7, true],
  [-2, 2, false],
  [-0.42, 2.82, false],
  [-1, 0, true],
  [0, 70_000, true],
  [0, 300.5, false],
])('from %d to %d, whole numbers: %j: open', (least, most, whole) => {
  expect(rangeOf({ least, most, whole })).toBeUndefined();
});
