import { expect, test } from 'vitest';
import { createNetwork } from '../initialize.ts';
import { forward } from './forward.ts';
import { predict } from './prediction.ts';
import { scalePixels } from './scale-pixels.ts';

test('a byte is divided by 255', () => {
  expect([...scalePixels(Uint8Array.of(0, 1, 51, 255))]).toEqual([0, 1 / 255, 0.2, 1]);
  expect([...scalePixels(Uint8ClampedArray.of(102))]).toEqual([0.4]);
});

test('what is no byte is not scaled twice', () => {
  // @ts-expect-error: scaled pixels are no bytes
  expect(() => scalePixels(Float64Array.of(0.5))).toThrow(
    'scalePixels: bytes must be bytes in a Uint8Array, got Float64Array',
  );
});

test('the reference refuses bytes, by type and at run time, and NaN', () => {
  const network = createNetwork([2, 3], { seed: 1, init: 'he' });
  for (const pass of [forward, predict]) {
    // @ts-expect-error: bytes are no scaled pixels
    expect(() => pass(network, Uint8Array.of(0, 255))).toThrow(
      'forward: x must be scaled pixels from 0 to 1 in a Float64Array, got bytes: scale them with scalePixels',
    );
    // @ts-expect-error: the reference computes in float64
    expect(() => pass(network, Float32Array.of(0, 1))).toThrow(
      'forward: x must be a Float64Array, got Float32Array',
    );
    expect(() => pass(network, Float64Array.of(0, Number.NaN))).toThrow(
      'forward: x[1] must be a number, got NaN',
    );
  }
});
