import { digits } from '@micronn/fixtures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { resample } from './resample.ts';

// cv2.resize of OpenCV 4.6.0 on the same values in float32, INTER_AREA to fewer pixels and INTER_LINEAR to more.
const source = Uint8Array.from({ length: 20 }, (_, k) => (37 * k) % 256);

describe('OpenCV’s values', () => {
  test('5 × 4 to 3 × 3 by area', () => {
    expect([...resample(source, 5, 4, 3, 3)]).toEqual([61, 69, 115, 164, 121, 78, 76, 135, 156]);
  });
  test('5 × 4 to 3 × 2 by area', () => {
    expect([...resample(source, 5, 4, 3, 2)]).toEqual([107, 64, 98, 93, 153, 135]);
  });
  test('5 × 4 to 9 × 7, linear', () => {
    expect([...resample(source, 5, 4, 9, 7)]).toEqual([
      0, 12, 33, 53, 74, 95, 115, 136, 148, 66, 78, 99, 79, 49, 69, 90, 110, 123, 172, 184, 205, 120, 8, 29,
      49, 70, 82, 150, 162, 182, 146, 96, 116, 122, 72, 42, 109, 121, 142, 162, 183, 203, 198, 86, 19, 68, 81,
      101, 122, 142, 163, 173, 143, 125, 43, 55, 76, 96, 117, 138, 158, 179, 191,
    ]);
  });
});

test('an image of the same size keeps its bytes', () => {
  expect(resample(digits.pixels().subarray(0, 784), 28, 28, 28, 28)).toEqual(
    digits.pixels().subarray(0, 784),
  );
});

test('an even tone stays even at any size, up to the edge', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, size, size, fc.integer({ min: 0, max: 255 }), (w, h, toW, toH, tone) => {
      expect(new Set(resample(new Uint8Array(w * h).fill(tone), w, h, toW, toH))).toEqual(new Set([tone]));
    }),
  );
});

test('an image enlarged by whole pixels and brought back is the same', () => {
  const image = digits.pixels().subarray(0, 784);
  const large = Uint8Array.from(
    { length: 84 * 84 },
    (_, k) => image[28 * Math.floor(k / 252) + Math.floor((k % 84) / 3)]!,
  );
  expect(resample(large, 84, 84, 28, 28)).toEqual(image);
});

test('wrong sizes throw a ShapeError', () => {
  expect(() => resample(new Uint8Array(5), 2, 3, 1, 1)).toThrow(
    new ShapeError('resample: pixels must have width · height = 6 values, got 5'),
  );
  expect(() => resample(new Uint8Array(6), 2, 3, 0, 1)).toThrow(
    new ShapeError('resample: toWidth must be a whole number of at least 1, got 0'),
  );
});
