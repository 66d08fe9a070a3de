import { describe, expect, test } from 'vitest';
import { sharedBytes } from './samples.ts';
import type { RawSet } from './source.ts';
import { understand } from './understand.ts';

/** Two images of 2 × 3 pixels (3 wide, 2 high), with the labels 7 and 3. */
function raw(numbers: readonly number[], more: Partial<RawSet> = {}): RawSet {
  const images = sharedBytes(numbers.length);
  images.set(numbers);
  return {
    width: 3,
    height: 2,
    count: numbers.length / 6,
    images,
    labels: { places: Uint8Array.of(0, 1), values: ['7', '3'] },
    told: ['CSV', 'no header'],
    ...more,
  };
}

const BYTE_PIXELS = [0, 50, 100, 150, 200, 250, 255, 0, 0, 0, 0, 1];

function pixelsOf(set: RawSet, options: Parameters<typeof understand>[2] = {}): number[] {
  const { images } = understand(set, 'data.csv', options).samples;
  if (!(images instanceof Uint8Array)) throw new Error('expected images in memory');
  return [...images];
}

describe('pixels', () => {
  test('bytes stay where they are', () => {
    const set = raw(BYTE_PIXELS);
    expect(understand(set, 'data.csv').samples.images).toBe(set.images);
  });

  test('0 to 16 is spread over 0 to 255, and said', () => {
    const set = raw([0, 1, 8, 16, 15, 4, 0, 0, 0, 0, 0, 0]);
    expect(pixelsOf(set)).toEqual([0, 16, 128, 255, 239, 64, 0, 0, 0, 0, 0, 0]);
    expect(understand(set, 'data.csv').line).toBe('CSV · no header · 3 × 2 pixels 0–16 · 2 classes');
  });

  test('only 0 and 1 is a question', () => {
    const set = raw([0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
    expect(() => understand(set, 'data.csv')).toThrow(
      'data.csv: the pixels have only the numbers 0 and 1: say what they mean with --pixel-scale 1 if 1 is full ink, or --pixel-scale 255 if it is a trace of it',
    );
    expect(pixelsOf(set, { pixelScale: { low: 0, high: 1 } })).toEqual([
      0, 255, 0, 255, 255, 255, 0, 0, 0, 0, 0, 255,
    ]);
    expect(pixelsOf(set, { pixelScale: { low: 0, high: 255 } })).toEqual([...(set.images as Uint8Array)]);
  });

  test('no number above 9 is a question, and nothing but 0 is refused', () => {
    expect(() => understand(raw([0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]), 'data.csv')).toThrow(
      'no number above 9: say what they mean with the largest number that they can have, as --pixel-scale 9 or --pixel-scale 255',
    );
    expect(() => understand(raw(Array<number>(12).fill(0)), 'data.csv')).toThrow(
      'every pixel of every image is 0',
    );
  });

  test('a number outside the scale that was given names its image', () => {
    expect(() => understand(raw(BYTE_PIXELS), 'data.csv', { pixelScale: { low: 0, high: 100 } })).toThrow(
      'data.csv: image 1 has a pixel of 150: expected numbers of 0–100, as --pixel-scale says',
    );
  });

  test('a reader that has converted floats is believed', () => {
    const set = raw([0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1], { range: { low: -1, high: 1 } });
    expect(understand(set, 'data.csv')).toMatchObject({
      samples: { images: set.images },
      line: 'CSV · no header · 3 × 2 pixels −1 to 1 · 2 classes',
    });
  });

  test('inverted', () => {
    expect(pixelsOf(raw(BYTE_PIXELS), { invert: true })).toEqual(BYTE_PIXELS.map((byte) => 255 - byte));
  });

  test('transposed: rows become columns, and width becomes height', () => {
    const set = raw(BYTE_PIXELS);
    expect(pixelsOf(set, { transpose: true })).toEqual([0, 150, 50, 200, 100, 250, 255, 0, 0, 0, 0, 1]);
    expect(understand(set, 'data.csv', { transpose: true })).toMatchObject({
      width: 2,
      height: 3,
      line: 'CSV · no header · 2 × 3 pixels 0–255 · turned upright · 2 classes',
    });
  });

  test('images that are known to lie so are turned, unless it is asked not to', () => {
    const set = raw(BYTE_PIXELS, { isTransposed: true });
    expect(understand(set, 'data.csv').transposed).toBe(true);
    expect(pixelsOf(set, { transpose: false })).toEqual(BYTE_PIXELS);
  });
});

describe('labels', () => {
  const labels = (values: readonly string[], places: readonly number[]): Partial<RawSet> => ({
    labels: { places: Uint16Array.from(places), values },
  });

  test('classes are in order; labels are outputs', () => {
    const { samples, classes } = understand(raw(BYTE_PIXELS), 'data.csv');
    expect(classes.values).toEqual(['3', '7']);
    expect([...samples.labels]).toEqual([1, 0]);
    expect(samples.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('names come from the option, or else from the source', () => {
    const set = raw(BYTE_PIXELS, { names: { 3: 'Dress', 7: 'Sneaker' } });
    expect(understand(set, 'data.csv').classes.names).toEqual(['Dress', 'Sneaker']);
    for (const classNames of [
      { byLabel: { 3: 'three', 7: 'seven' } },
      { inOrder: ['three', 'seven'] },
      // With gaps, as the labels of Sign Language MNIST have.
      { inOrder: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'] },
    ])
      expect(understand(set, 'data.csv', { classNames }).classes.names).toEqual(['three', 'seven']);
    expect(() => understand(set, 'data.csv', { classNames: { inOrder: ['three', 'four', 'five'] } })).toThrow(
      'data.csv: --class-names has no name for the label 3',
    );
    expect(() => understand(set, 'data.csv', { classNames: { byLabel: { 3: 'three' } } })).toThrow(
      'data.csv: --class-names has no name for the label 7',
    );
  });

  test('one class is refused, and so are more than a thousand', () => {
    expect(() => understand(raw(BYTE_PIXELS, labels(['0'], [0, 0])), 'data.csv')).toThrow(
      'data.csv: every label is 0: expected at least two classes; if this is not the label’s column, name it with --label-column',
    );
    const many = Array.from({ length: 1001 }, (_, k) => String(k));
    expect(() => understand(raw(BYTE_PIXELS, labels(many, [0, 1])), 'data.csv')).toThrow(
      'the labels have 1001 different values: expected at most 1000 classes',
    );
  });

  test('the classes of a model are found by value, or else by name', () => {
    const known = { values: ['0', '3', '7'], names: ['T-shirt/top', 'Dress', 'Sneaker'] };
    expect([...understand(raw(BYTE_PIXELS), 'data.csv', {}, known).samples.labels]).toEqual([2, 1]);
    const named = raw(BYTE_PIXELS, labels(['Sneaker', 'Dress'], [1, 0]));
    expect([...understand(named, 'data.csv', {}, known).samples.labels]).toEqual([1, 2]);
    const other = raw(BYTE_PIXELS, labels(['3', '5'], [0, 1]));
    expect(() => understand(other, 'test.csv', {}, known)).toThrow(
      'test.csv: label 2 is 5: expected one of the 3 classes T-shirt/top, Dress, Sneaker',
    );
  });

  test('more than 256 classes are words', () => {
    const many = Array.from({ length: 300 }, (_, k) => String(299 - k));
    const { samples } = understand(raw(BYTE_PIXELS, labels(many, [0, 299])), 'data.csv');
    expect(samples.labels).toEqual(new Uint16Array(samples.labels.buffer));
    expect([...samples.labels]).toEqual([299, 0]);
  });

  test('a source without labels has none', () => {
    const { labels: _labels, ...set } = raw(BYTE_PIXELS);
    expect(understand(set, 'data.csv')).toMatchObject({
      hasLabels: false,
      line: 'CSV · no header · 3 × 2 pixels 0–255 · no labels',
    });
  });
});
