import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { inkBox } from './ink-box.ts';
import { normalizeStrokes, type Stroke } from './normalize-strokes.ts';
import { measurePen, PEN_WIDTH } from './pen-width.ts';

const zero: Stroke = Array.from({ length: 41 }, (_, k) => ({
  x: 0.5 + 0.18 * Math.cos((k / 20) * Math.PI),
  y: 0.5 + 0.3 * Math.sin((k / 20) * Math.PI),
}));
const four: Stroke[] = [
  [
    { x: 0.4, y: 0.1 },
    { x: 0.25, y: 0.55 },
    { x: 0.75, y: 0.55 },
  ],
  [
    { x: 0.6, y: 0.3 },
    { x: 0.6, y: 0.9 },
  ],
];
const one: Stroke = [
  { x: 0.5, y: 0.2 },
  { x: 0.5, y: 0.8 },
];

/** The same strokes, scaled and shifted. */
function moved(strokes: readonly Stroke[], size: number, right: number, down: number): Stroke[] {
  return strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: x * size + right, y: y * size + down })));
}

function ascii(image: Uint8Array): string[] {
  return Array.from({ length: 28 }, (_, y) =>
    [...image.subarray(28 * y, 28 * y + 28)].map((level) => ' .:=+*#%@'[Math.floor(level / 29)]).join(''),
  );
}

test('a four is drawn as shown', () => {
  expect(ascii(normalizeStrokes(four)!)).toMatchInlineSnapshot(`
    [
      "                            ",
      "                            ",
      "                            ",
      "                            ",
      "                            ",
      "           .@#              ",
      "           *@@              ",
      "           @@#              ",
      "          :@@=              ",
      "          *@@   =+          ",
      "          @@#   @@+         ",
      "         :@@=  .@@+         ",
      "         *@@   .@@+         ",
      "         @@#   .@@+         ",
      "        :@@*:::=@@*:.       ",
      "        *@@@@@@@@@@@@+      ",
      "        *@@@@@@@@@@@@*      ",
      "         ======+@@#==       ",
      "               .@@+         ",
      "               .@@+         ",
      "               .@@+         ",
      "               .@@+         ",
      "               .@@+         ",
      "               .@@+         ",
      "                #@.         ",
      "                            ",
      "                            ",
      "                            ",
    ]
  `);
});

test('the size and the position of a drawing do not matter, within 16 levels', () => {
  fc.assert(
    fc.property(
      fc.constantFrom([zero], four, [one], [zero, one]),
      fc.constantFrom(0.25, 0.5, 2, 4),
      fc.integer({ min: -8, max: 8 }),
      fc.integer({ min: -8, max: 8 }),
      (strokes, size, right, down) => {
        const image = normalizeStrokes(strokes)!;
        const other = normalizeStrokes(moved(strokes, size, right / 16, down / 16))!;
        // Rounding may move a point across an edge: one or two of the 64 points of a pixel, 4 levels each.
        for (const [k, level] of other.entries()) expect(Math.abs(level - image[k]!)).toBeLessThanOrEqual(16);
      },
    ),
  );
});

describe('the pen', () => {
  test.each([1.5, 2, PEN_WIDTH, 3.5])(
    'of %d pixels has that width within 0.35 pixels, at any size of the drawing',
    (penWidth) => {
      for (const size of [0.1, 1, 10]) {
        const image = normalizeStrokes(moved([zero], size, 0, 0), { penWidth })!;
        const pen = measurePen(image, 28, inkBox(image, 28, 28)!);
        expect(Math.abs(pen - penWidth)).toBeLessThan(0.35);
      }
    },
  );

  test('counts for the 20 pixels of the box', () => {
    for (const penWidth of [1, PEN_WIDTH, 6]) {
      expect(inkBox(normalizeStrokes([zero], { penWidth })!, 28, 28)).toMatchObject({ height: 20 });
    }
  });
});

test('a dot stays a dot, also if the finger trembles', () => {
  const dots: Stroke[] = [
    [{ x: 0.3, y: 0.9 }],
    [
      { x: 0.3, y: 0.9 },
      { x: 0.3001, y: 0.9 },
    ],
  ];
  for (const dot of dots) {
    const box = inkBox(normalizeStrokes([dot])!, 28, 28)!;
    expect(Math.max(box.width, box.height)).toBeLessThanOrEqual(4);
  }
});

test('no strokes, or strokes without points, give undefined', () => {
  expect(normalizeStrokes([])).toBeUndefined();
  expect(normalizeStrokes([[], []])).toBeUndefined();
});

test('an invalid point or pen width throws a ShapeError', () => {
  expect(() => normalizeStrokes([one, [{ x: Number.NaN, y: 1 }]])).toThrow(
    new ShapeError('normalizeStrokes: strokes[1][0] must be a point of two finite numbers, got (NaN, 1)'),
  );
  expect(() => normalizeStrokes([one], { penWidth: 0 })).toThrow(
    new ShapeError('normalizeStrokes: penWidth must be a number from 0.5 to 10, got 0'),
  );
});
