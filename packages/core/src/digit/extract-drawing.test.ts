import { digits } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { extractDrawing } from './extract-drawing.ts';
import { extractInk } from './extract-ink.ts';
import { normalizeDigit } from './normalize-digit.ts';
import { resample } from './resample.ts';

const SIDE = 240;
const pixels = digits.pixels();

type Paper = (x: number, y: number) => number;

/** A digit of 140 pixels on a sheet, its ink a fifth as bright as the paper, with noise of ±4 levels. */
function photograph(i: number, paper: Paper, noise = 4): Uint8Array {
  const large = resample(pixels.subarray(784 * i, 784 * (i + 1)), 28, 28, 140, 140);
  const rgba = new Uint8Array(4 * SIDE * SIDE).fill(255);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const isInside = x >= 50 && y >= 50 && x < 190 && y < 190;
      const ink = isInside ? large[140 * (y - 50) + x - 50]! / 255 : 0;
      const grain = ((x * 7919 + y * 104_729) % (2 * noise + 1)) - noise;
      const level = Math.round(paper(x, y) * (1 - 0.8 * ink) + grain);
      rgba.fill(Math.min(Math.max(level, 0), 255), 4 * (y * SIDE + x), 4 * (y * SIDE + x) + 3);
    }
  }
  return rgba;
}

/** The share of an image's ink that differs from the digit itself. */
function difference(i: number, rgba: Uint8Array): number {
  const { ink, width, height, problem } = extractDrawing(rgba, SIDE, SIDE);
  expect(problem).toBeUndefined();
  const image = normalizeDigit(ink, width, height)!;
  let [off, sum] = [0, 0];
  for (let k = 0; k < 784; k++) {
    off += Math.abs(image[k]! - pixels[784 * i + k]!);
    sum += pixels[784 * i + k]!;
  }
  return off / sum;
}

const papers: [string, Paper][] = [
  ['even paper', () => 230],
  ['a soft shadow down to 30 %', (x, y) => 230 * (0.3 + (0.7 * (x + y)) / (2 * SIDE))],
  ['a shadow with a hard edge', (x, y) => (x + 0.3 * y > 150 ? 80 : 230)],
  ['a darker desk', (x, y) => (x < 22 || y < 15 || x > 220 || y > 226 ? 80 : 230)],
  ['a dark border', (x, y) => (Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y) < 6 ? 40 : 230)],
  [
    'a dark border inside the sheet',
    (x, y) => ((m) => (m > 4 && m < 8 ? 40 : 230))(Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y)),
  ],
  ['graph paper', (x, y) => (x % 20 < 1 || y % 20 < 1 ? 120 : 230)],
  ['ruled paper', (_, y) => (y % 35 < 2 ? 140 : 230)],
];

describe('the digits of MNIST on paper of several kinds, less than 45 % of the ink different on average', () => {
  test.each(papers)('%s', (_, paper) => {
    const chosen = [3, 14, 25, 36, 47, 58, 69, 80];
    for (const noise of [0, 4]) {
      const sum = chosen.reduce((total, i) => total + difference(i, photograph(i, paper, noise)), 0);
      expect(sum / chosen.length).toBeLessThan(0.45);
    }
  });
});

test('what only a drawing is keeps its bytes', () => {
  for (let i = 0; i < digits.count; i += 9) {
    for (const paper of [230, 255]) {
      const rgba = photograph(i, () => paper, 0);
      const drawing = extractDrawing(rgba, SIDE, SIDE);
      expect(drawing).toEqual({
        ink: extractInk(rgba, SIDE, SIDE),
        width: SIDE,
        height: SIDE,
        paper: 'even',
      });
    }
    const image = pixels.subarray(784 * i, 784 * (i + 1));
    const small = Uint8Array.from([...image].flatMap((level) => [level, level, level, 255]));
    expect(extractDrawing(small, 28, 28).ink).toEqual(image);
  }
});

test('paper that cannot be told from ink is a problem, not a guess', () => {
  const noise = photograph(0, (x, y) => (x % 48 < 24 && y % 48 < 24 ? 60 : 230));
  expect(extractDrawing(noise, SIDE, SIDE).problem).toBe('paper');
});

test('wrong sizes throw a ShapeError', () => {
  expect(() => extractDrawing(new Uint8Array(15), 2, 2)).toThrow(
    new ShapeError('extractDrawing: rgba must have 4 · width · height = 16 values, got 15'),
  );
});

test('light ink on dark paper is found as dark ink on light paper is, and pale ink on flat paper is not refused', () => {
  for (let i = 0; i < digits.count; i += 3) {
    const large = resample(pixels.subarray(784 * i, 784 * (i + 1)), 28, 28, 200, 200);
    const rgba = Uint8Array.from({ length: 160_000 }, (_, k) => (k % 4 === 3 ? 255 : large[k >> 2]!));
    const negative = rgba.map((level, k) => (k % 4 === 3 ? level : 255 - level));
    const [light, dark] = [extractDrawing(rgba, 200, 200), extractDrawing(negative, 200, 200)];
    expect(light.problem).toBeUndefined();
    expect(dark.problem).toBeUndefined();
    const mean = (ink: Uint8Array): number => ink.reduce((sum, level) => sum + level, 0) / ink.length;
    expect(Math.abs(mean(light.ink) - mean(dark.ink))).toBeLessThan(0.1 * mean(dark.ink));
  }
});
