import { expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { toGrey } from './to-grey.ts';

test('equal channels keep their level', () => {
  const rgba = Uint8Array.from({ length: 1024 }, (_, k) => (k % 4 === 3 ? 255 : Math.floor(k / 4)));
  expect(toGrey(rgba)).toEqual(Uint8Array.from({ length: 256 }, (_, level) => level));
});

test('the weights are those of Rec. 601', () => {
  const colors = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 10, 200, 100, 255];
  // 0.299 · 255 = 76.2; 0.587 · 255 = 149.7; 0.114 · 255 = 29.1; 2.99 + 117.4 + 11.4 = 131.8
  expect(toGrey(Uint8Array.from(colors))).toEqual(Uint8Array.of(76, 150, 29, 132));
});

test('a drawing on nothing lies on the opposite tone', () => {
  expect(toGrey(Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 0))).toEqual(Uint8Array.of(0, 255));
  expect(toGrey(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0))).toEqual(Uint8Array.of(255, 0));
});

test('a value too few throws a ShapeError', () => {
  expect(() => toGrey(new Uint8Array(7))).toThrow(new ShapeError('toGrey: rgba must have 8 values, got 7'));
});
