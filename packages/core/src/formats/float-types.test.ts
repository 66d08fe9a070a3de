import { expect, test } from 'vitest';
import { float32Of, float32Overflow } from './float-types.ts';

const everyHalf = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
const bytes = new Uint8Array(everyHalf.buffer);

test('every F16 is the value that the engine reads', () => {
  // In Node 24, and not yet in TypeScript's library for this target.
  const view = new DataView(everyHalf.buffer) as DataView & {
    getFloat16(at: number, little: boolean): number;
  };
  const expected = Float32Array.from({ length: 2 ** 16 }, (_, k) => view.getFloat16(2 * k, true));
  expect(float32Of(bytes, 'F16')).toEqual(expected);
});

test('every BF16 is the upper half of a float32', () => {
  const bits = new Uint32Array(float32Of(bytes, 'BF16').buffer);
  for (const [k, half] of everyHalf.entries()) {
    // A NaN may become another NaN.
    if ((half & 0x7fff) <= 0x7f80) expect(bits[k]).toBe(half * 2 ** 16);
    else expect(bits[k]! & 0x7fffffff).toBeGreaterThan(0x7f800000);
  }
});

test('F64 is rounded to the nearest float32, and what exceeds it is found', () => {
  const values = Float64Array.of(0.1, -(2 ** -150), 2 ** -149, 3.4028235e38, Number.NaN, Infinity);
  const given = new Uint8Array(values.buffer);
  expect(float32Of(given, 'F64')).toEqual(Float32Array.from(values));
  expect(float32Overflow(given, 'F64')).toBeUndefined();
  expect(float32Overflow(new Uint8Array(Float64Array.of(0, -1e39, 1e40).buffer), 'F64')).toBe(-1e39);
  expect(float32Overflow(given, 'F32')).toBeUndefined();
});
