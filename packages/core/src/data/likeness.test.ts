import { digits } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  differenceFrom,
  distanceFromClasses,
  type Likeness,
  meanImage,
  measureLikeness,
  orientationOfDigits,
  readLikeness,
  writeLikeness,
} from './likeness.ts';

const size = { width: 28, height: 28 };
const pixels = digits.pixels();
const { labels } = digits;

type Place = (y: number, x: number) => [y: number, x: number];

/** Every image with the pixel at (y, x) taken from another place; from outside it is paper. */
function moved(from: Place): Uint8Array {
  return pixels.map((_, k) => {
    const [image, y, x] = [k - (k % 784), Math.floor((k % 784) / 28), k % 28];
    const [row, column] = from(y, x);
    return row < 0 || row > 27 || column < 0 || column > 27 ? 0 : pixels[image + 28 * row + column]!;
  });
}

const views: readonly [orientation: string, from: Place][] = [
  ['upright', (y, x) => [y, x]],
  ['transposed', (y, x) => [x, y]],
  ['turned by 90°', (y, x) => [27 - x, y]],
  ['turned by 180°', (y, x) => [27 - y, 27 - x]],
  ['turned by 270°', (y, x) => [x, 27 - y]],
  ['mirrored', (y, x) => [y, 27 - x]],
  ['upside down', (y, x) => [27 - y, x]],
];

describe('orientationOfDigits', () => {
  test.each(views)('a hundred digits that are %s', (orientation, from) => {
    expect(orientationOfDigits(measureLikeness(moved(from), labels, 10, size))).toBe(orientation);
  });

  test('knows digits of other sizes', () => {
    const small = Uint8Array.from({ length: 196 * labels.length }, (_, k) => {
      const [image, y, x] = [Math.floor(k / 196), Math.floor((k % 196) / 14), k % 14];
      return pixels[784 * image + 56 * y + 2 * x]!;
    });
    const likeness = measureLikeness(small, labels, 10, { width: 14, height: 14 });
    expect(orientationOfDigits(likeness)).toBe('upright');
  });

  test('does not know what resembles no digits: labels that mean something else', () => {
    const others = labels.map((label) => (3 * label + 7) % 10);
    expect(orientationOfDigits(measureLikeness(pixels, others, 10, size))).toBeUndefined();
  });
});

describe('differenceFrom', () => {
  const learned = meanImage(pixels, size);

  test('of the same images, none', () => {
    expect(differenceFrom(learned, learned, size)).toBeUndefined();
  });

  test('black and white exchanged', () => {
    const mean = meanImage(
      pixels.map((level) => 255 - level),
      size,
    );
    expect(differenceFrom(mean, learned, size)).toEqual({ kind: 'inverted' });
  });

  test('transposed', () => {
    const mean = meanImage(
      moved((y, x) => [x, y]),
      size,
    );
    expect(differenceFrom(mean, learned, size)).toEqual({ kind: 'orientation', orientation: 'transposed' });
  });

  test.each([
    [4, 0],
    [0, -4],
    [-3, 5],
  ])('shifted by %d to the right and %d down', (right, down) => {
    const mean = meanImage(
      moved((y, x) => [y - down, x - right]),
      size,
    );
    expect(differenceFrom(mean, learned, size)).toEqual({ kind: 'shifted', right, down });
  });

  test('images without any contrast differ in nothing that could be named', () => {
    expect(differenceFrom(new Uint8Array(784), learned, size)).toBeUndefined();
  });
});

describe('measureLikeness', () => {
  const likeness = measureLikeness(pixels, labels, 10, size);

  test('the mean of each cell of a class, against a second way', () => {
    const mean = (digit: number, row: number, column: number): number => {
      let [sum, count] = [0, 0];
      for (const [i, label] of labels.entries()) {
        if (label !== digit) continue;
        for (let k = 0; k < 16; k++) {
          sum += pixels[784 * i + 28 * (4 * row + (k >> 2)) + 4 * column + (k & 3)]!;
          count++;
        }
      }
      return Math.round(sum / count);
    };
    const expected = Array.from({ length: 490 }, (_, k) =>
      mean(Math.floor(k / 49), Math.floor((k % 49) / 7), k % 7),
    );
    expect([...likeness.classGrids]).toEqual(expected);
  });

  test('of the images that were measured, at most one of a thousand is further away, and noise is', () => {
    const distances = labels.map((_, i) =>
      distanceFromClasses(pixels.subarray(784 * i, 784 * (i + 1)), size, likeness),
    );
    expect(Math.max(...distances)).toBeLessThan(likeness.farthest + 0.5);
    const negative = pixels.subarray(0, 784).map((level) => 255 - level);
    expect(distanceFromClasses(negative, size, likeness)).toBeGreaterThan(likeness.farthest);
  });

  test('cells that share pixels, as in a side of 10, hold the level of a plain image', () => {
    const plain = measureLikeness(new Uint8Array(150).fill(200), [0], 1, { width: 10, height: 15 });
    expect(new Set(plain.classGrids)).toEqual(new Set([200]));
  });

  test('a class without images is empty', () => {
    const { classGrids } = measureLikeness(pixels.subarray(0, 784), [1], 2, size);
    expect(new Set(classGrids.subarray(0, 49))).toEqual(new Set([0]));
  });

  test('survives being written as JSON', () => {
    const written = JSON.parse(JSON.stringify(writeLikeness(likeness))) as ReturnType<typeof writeLikeness>;
    expect(readLikeness(written)).toEqual(likeness satisfies Likeness);
  });
});
