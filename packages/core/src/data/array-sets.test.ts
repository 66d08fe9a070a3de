import { describe, expect, test } from 'vitest';
import { pairArrays } from './array-sets.ts';
import { createImageWriter, greyInto, imageLayout } from './image-arrays.ts';
import { labelNumbers } from './label-arrays.ts';
import { createPixelMeter } from './pixel-meter.ts';

describe('arrays are paired', () => {
  /** `rest|set: images + labels`, of names with shapes. */
  const paired = (arrays: Record<string, number[]>, labelsName?: string): string[] =>
    pairArrays(
      Object.entries(arrays).map(([name, shape]) => ({ name, shape })),
      labelsName,
    ).flatMap(({ rest, parts }) =>
      Array.from(parts, ([set, part]) => `${rest}|${set}: ${part.images?.name} + ${part.labels?.name}`),
    );
  const images = [60, 28, 28];

  test('by their names', () => {
    expect(paired({ x_test: images, x_train: images, y_train: [60], y_test: [60] })).toEqual([
      '|test: x_test + y_test',
      '|train: x_train + y_train',
    ]);
    expect(paired({ data: [60, 64], images: [60, 8, 8], target: [60], target_names: [10] })).toEqual([
      '|only: images + target',
    ]);
    expect(
      paired({ 'k49-train-imgs.npz': images, 'k49-train-labels.npz': [60], 'kmnist-train-imgs.npz': images }),
    ).toEqual([
      'k49|train: k49-train-imgs.npz + k49-train-labels.npz',
      'kmnist|train: kmnist-train-imgs.npz + undefined',
    ]);
  });

  test('by their order and sizes, where names say nothing', () => {
    expect(paired({ arr_1: [60], arr_0: images })).toEqual(['|only: arr_0 + arr_1']);
    expect(paired({ arr_0: images, arr_1: images, arr_2: [60, 10], arr_3: [60, 10] })).toEqual([
      '|train: arr_0 + arr_2',
      '|test: arr_1 + arr_3',
    ]);
    expect(paired({ b: [60], a: images })).toEqual(['|only: a + b']);
  });

  test('several arrays of labels ask for one', () => {
    const arrays = { img: images, fine_labels: [60], coarse_labels: [60] };
    expect(paired({ img: images, labels: [60], y: [60] }, 'y')).toEqual(['|only: img + y']);
    expect(() => paired({ img: images, labels: [60], y: [60] })).toThrow(
      'several arrays of labels, labels and y: choose one with --label-column y',
    );
    // Words that tell two arrays apart are those of data sets.
    expect(paired(arrays)).toEqual([
      '|only: img + undefined',
      'fine|only: undefined + fine_labels',
      'coarse|only: undefined + coarse_labels',
    ]);
  });
});

test('labels of numbers: a column, one-hot in both orders, QMNIST', () => {
  const numbers = Float64Array.of(7, 3);
  expect(labelNumbers(numbers, [2], false, false)).toBe(numbers);
  expect(labelNumbers(numbers, [2, 1], true, false)).toBe(numbers);
  expect([...labelNumbers(Uint8Array.of(0, 0, 1, 1, 0, 0), [2, 3], false, false)]).toEqual([2, 0]);
  expect([...labelNumbers(Uint8Array.of(0, 1, 0, 0, 1, 0), [2, 3], true, false)]).toEqual([2, 0]);
  const eight = Float64Array.of(5, 4, 2000, 1, 53, 0, 0, 0, 9, 4, 2001, 1, 57, 0, 0, 0);
  expect([...labelNumbers(eight, [2, 8], false, true)]).toEqual([5, 9]);
  for (const wrong of [
    [0, 0, 1, 1, 0, 1],
    [0, 0, 0, 1, 0, 0],
    [0, 0, 2, 1, 0, 0],
  ]) {
    expect(() => labelNumbers(Uint8Array.from(wrong), [2, 3], false, false)).toThrow(
      'expected a label for each image, or rows with a single 1 (one-hot), got an array of 2 × 3',
    );
  }
});

test('an array is written in any parts as at once, and colours become grey', () => {
  const numbers = Array.from({ length: 24 }, (_, k) => k);
  for (const isFortran of [false, true]) {
    const layout = imageLayout([2, 2, 2, 3], isFortran, 784);
    const whole = new Uint8Array(24);
    createImageWriter(whole, layout)(numbers);
    // Element (i, y, x, c) of C order has the place 12 i + 6 y + 3 x + c, of Fortran order i + 2 y + 4 x + 8 c.
    expect(whole[12 + 6 + 3 + 2]).toBe(23);
    expect(whole[6]).toBe(isFortran ? 2 : 6);
    const parts = new Uint8Array(24);
    const write = createImageWriter(parts, layout, (value) => 2 * value);
    for (let k = 0; k < 24; k += 5) write(numbers.slice(k, k + 5));
    expect(parts).toEqual(whole.map((value) => 2 * value));
  }
  const grey = new Uint8Array(3);
  greyInto(grey, Uint8Array.of(200, 200, 200, 255, 0, 0, 0, 0, 255));
  expect([...grey]).toEqual([200, 76, 29]);
});

test('pixels are measured over all parts; what is not finite is refused', () => {
  const meter = createPixelMeter();
  meter.add([0, 3]);
  meter.add(Float64Array.of(-2, 7));
  expect(meter.facts()).toEqual({ least: -2, most: 7, whole: true });
  meter.add([0.5]);
  expect(meter.facts().whole).toBe(false);
  expect(() => meter.add([1, -Infinity])).toThrow('expected finite numbers for pixels, got -Infinity');
});
