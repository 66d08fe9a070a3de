import { expect, test } from 'vitest';
import { drawPrediction } from './draw-prediction.ts';
import type { Prediction } from './reporter.ts';

const pixels = Array.from({ length: 784 }, () => 0);
pixels[0] = 255;
pixels[28 + 1] = 255;
pixels[2] = 128;

const prediction: Prediction = {
  file: '/elsewhere/seven.png',
  width: 1200,
  height: 28,
  label: '7',
  digit: 7,
  probabilities: [0, 0, 0.0249, 0, 0, 0, 0, 0.9502, 0, 0.0249],
  classes: Array.from('0123456789'),
  reframed: true,
  pixels,
  pixelsWidth: 28,
  pixelsHeight: 28,
};

/** The visible lines from that of a probability on. */
function lines(options: Parameters<typeof drawPrediction>[1]): string[] {
  return drawPrediction(prediction, options).split('\n');
}

test('in a terminal with greys: half blocks, the upper pixel in front and the lower one behind', () => {
  const image = lines({ greys: true }).slice(1);
  expect(image).toHaveLength(14);
  const cells = image[0]!.split('▀');
  expect(cells).toHaveLength(29);
  expect(cells.slice(0, 4)).toEqual([
    '  \x1b[38;5;255;48;5;16m',
    '\x1b[38;5;16;48;5;255m',
    '\x1b[38;5;244;48;5;16m',
    '\x1b[38;5;16;48;5;16m',
  ]);
  // Colours end at the end of the image's row.
  for (const row of image) expect(row.split('▀').at(-1)).toMatch(/^.\[0m( |$)/);
});

test('elsewhere: characters for the mean of two pixels, the darkest for ink', () => {
  const [title, first] = lines({ greys: false });
  expect(title).toBe('/elsewhere/seven.png · 1,200 × 28 · placed like the training images');
  expect(first).toBe('  ++-');
});

test('the bars: a line for each digit, the winner emphasized', () => {
  const bars = lines({ greys: false, emphasize: (text) => `*${text}*` }).map((line) => line.slice(34));
  expect(bars.slice(1)).toEqual([
    '',
    '*digit 7  95.02 %*',
    '',
    '0                          0.00 %',
    '1                          0.00 %',
    '2                          2.49 %',
    '3                          0.00 %',
    '4                          0.00 %',
    '5                          0.00 %',
    '6                          0.00 %',
    '*7  ███████████████████    95.02 %*',
    '8                          0.00 %',
    '9                          2.49 %',
    '',
  ]);
});

test('where there are too few columns, the bars stand below the image, and no line is longer', () => {
  const below = lines({ greys: false, columns: 40 });
  expect(below.slice(15, 19)).toEqual(['', '  digit 7  95.02 %', '', `  0  ${' '.repeat(20)}    0.00 %`]);
  expect(Math.max(...below.map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(lines({ greys: false, columns: 68 })).toEqual(lines({ greys: false }));
});

test('of other classes, the ten most probable have bars, and the image has any size', () => {
  const classes = Array.from({ length: 26 }, (_, k) => String.fromCharCode(65 + k));
  const letter: Prediction = {
    ...prediction,
    label: 'H',
    classes,
    probabilities: classes.map((_, k) => (k === 7 ? 0.75 : k / 1300)),
    pixels: Array.from({ length: 15 }, (_, k) => (k === 14 ? 255 : 0)),
    pixelsWidth: 3,
    pixelsHeight: 5,
  };
  const { digit: _digit, ...rest } = letter;
  const drawn = drawPrediction(rest, { greys: false }).split('\n');
  expect(drawn[2]).toBe('         H  75.00 %');
  // The last row of an odd number stands alone.
  expect(drawn[3]).toBe('    +');
  expect(drawn.slice(4).map((line) => line.trim()[0] ?? '')).toEqual(Array.from('HZYXWVUTSR'));
});
