import { digits } from '@micronn/fixtures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { extractInk } from './extract-ink.ts';

type Color = readonly [red: number, green: number, blue: number, alpha?: number];

const black: Color = [0, 0, 0];
const white: Color = [255, 255, 255];
const nothing: Color = [0, 0, 0, 0];

/** An image drawn in text: each letter stands for one of the colours. */
function picture(rows: readonly string[], colors: Readonly<Record<string, Color>>): Uint8ClampedArray {
  return Uint8ClampedArray.from(
    rows
      .join('')
      .split('')
      .flatMap((letter) => {
        const [red, green, blue, alpha = 255] = colors[letter]!;
        return [red, green, blue, alpha];
      }),
  );
}

const seven = ['......', '.####.', '....#.', '...#..', '...#..', '......'];

function inkOf(colors: Readonly<Record<string, Color>>, rows = seven): string[] {
  const ink = extractInk(picture(rows, colors), 6, 6);
  return Array.from({ length: 6 }, (_, y) =>
    [...ink.subarray(6 * y, 6 * y + 6)]
      .map((level) => (level === 0 ? '.' : level === 255 ? '#' : 'o'))
      .join(''),
  );
}

describe('ink and paper', () => {
  const drawings: [string, Record<string, Color>][] = [
    ['black on white', { '.': white, '#': black }],
    ['white on black', { '.': black, '#': white }],
    ['black on a transparent background', { '.': nothing, '#': black }],
    ['white on a transparent background', { '.': nothing, '#': white }],
    ['white on transparent white', { '.': [255, 255, 255, 0], '#': white }],
    ['red on white', { '.': white, '#': [255, 0, 0] }],
    ['yellow on white', { '.': white, '#': [255, 255, 0] }],
    ['blue on black', { '.': black, '#': [0, 0, 255] }],
    ['red on blue', { '.': [0, 0, 255], '#': [255, 0, 0] }],
  ];
  test.each(drawings)('%s', (_, colors) => {
    expect(inkOf(colors)).toEqual(seven);
  });

  test('the ink of grey on grey is their difference', () => {
    const ink = extractInk(picture(seven, { '.': [150, 150, 150], '#': [110, 110, 110] }), 6, 6);
    expect(new Set(ink)).toEqual(new Set([0, 40]));
  });

  test('alpha is the strength of the ink; the paper is white behind dark ink and black behind light ink', () => {
    for (const tone of [black, white]) {
      const [red, green, blue] = tone;
      const ink = extractInk(picture(seven, { '.': nothing, '#': [red, green, blue, 128] }), 6, 6);
      expect(new Set(ink)).toEqual(new Set([0, 128]));
    }
  });

  test('an opaque card on a transparent background is paper, and so is the background', () => {
    const card = ['      ', ' .... ', ' .##. ', ' .#.. ', ' .... ', '      '];
    const rows = ['......', '......', '..##..', '..#...', '......', '......'];
    expect(inkOf({ ' ': nothing, '.': white, '#': black }, card)).toEqual(rows);
    expect(inkOf({ ' ': nothing, '.': black, '#': white }, card)).toEqual(rows);
  });

  test('the pale edge of ink on nothing is ink, not paper', () => {
    const rows = ['      ', ' ooo  ', 'o###o ', 'o###o ', ' ooo  ', '      '];
    const ink = extractInk(picture(rows, { ' ': nothing, o: [150, 150, 150, 200], '#': black }), 6, 6);
    expect([...ink.subarray(12, 18)]).toEqual([82, 255, 255, 255, 82, 0]);
  });

  test('a grey between ink and paper that is made transparent leaves both', () => {
    const rows = ['......', '. ##  ', '. ##  ', '. ##  ', '. ##  ', '......'];
    expect(inkOf({ ' ': nothing, '.': white, '#': black }, rows)).toEqual(
      rows.map((row) => row.replaceAll(' ', '.')),
    );
  });

  test('an image of paper alone, or a transparent one, has no ink', () => {
    for (const color of [black, white, nothing, [90, 20, 200, 77] as const]) {
      const ink = extractInk(picture(seven, { '.': color, '#': color }), 6, 6);
      expect(new Set(ink)).toEqual(new Set([0]));
    }
    expect(extractInk(picture(['.'], { '.': black }), 1, 1)).toEqual(Uint8Array.of(0));
  });

  test('images may be one pixel wide or high', () => {
    expect(extractInk(picture(['..#..'], { '.': white, '#': black }), 5, 1)).toEqual(
      Uint8Array.of(0, 0, 255, 0, 0),
    );
    expect(extractInk(picture(['..#..'], { '.': black, '#': white }), 1, 5)).toEqual(
      Uint8Array.of(0, 0, 255, 0, 0),
    );
  });
});

test('the ink of an MNIST image, and of its negative, is the image itself', () => {
  const pixels = digits.pixels();
  for (let i = 0; i < digits.count; i++) {
    const image = pixels.subarray(784 * i, 784 * (i + 1));
    const rgba = Uint8Array.from([...image].flatMap((level) => [level, level, level, 255]));
    const negative = rgba.map((level, k) => (k % 4 === 3 ? level : 255 - level));
    expect(extractInk(rgba, 28, 28)).toEqual(image);
    expect(extractInk(negative, 28, 28)).toEqual(image);
  }
});

test('any image and its negative have the same ink', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      (width, height, levels) => {
        const rgba = Uint8Array.from({ length: 4 * width * height }, (_, k) =>
          k % 4 === 3 ? 255 : levels.next().value,
        );
        const negative = rgba.map((level, k) => (k % 4 === 3 ? level : 255 - level));
        expect(extractInk(negative, width, height)).toEqual(extractInk(rgba, width, height));
      },
    ),
  );
});

test('wrong sizes throw a ShapeError', () => {
  expect(() => extractInk(new Uint8Array(15), 2, 2)).toThrow(
    new ShapeError('extractInk: rgba must have 4 · width · height = 16 values, got 15'),
  );
  expect(() => extractInk(new Uint8Array(0), 0, 2)).toThrow(
    new ShapeError('extractInk: width must be a whole number of at least 1, got 0'),
  );
});
