import { digits } from '@micronn/fixtures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { inkBox } from './ink-box.ts';
import { BOX_SIDE, MASS_CENTER, normalizeDigit } from './normalize-digit.ts';
import { measurePen, PEN_WIDTH } from './pen-width.ts';

interface Picture {
  readonly ink: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const pixels = digits.pixels();

function digit(i: number): Picture {
  return { ink: pixels.subarray(784 * i, 784 * (i + 1)), width: 28, height: 28 };
}

function empty(width: number, height: number): Picture {
  return { ink: new Uint8Array(width * height), width, height };
}

/** An image placed in a larger one. */
function placed(picture: Picture, left: number, top: number, into: Picture): Picture {
  const ink = into.ink.slice();
  for (let y = 0; y < picture.height; y++) {
    const row = picture.ink.subarray(y * picture.width, (y + 1) * picture.width);
    ink.set(row, (top + y) * into.width + left);
  }
  return { ...into, ink };
}

function enlarged({ ink, width, height }: Picture, times: number): Picture {
  const large = empty(width * times, height * times);
  for (let k = 0; k < large.ink.length; k++) {
    const x = Math.floor((k % large.width) / times);
    const y = Math.floor(Math.floor(k / large.width) / times);
    large.ink[k] = ink[y * width + x]!;
  }
  return large;
}

function normalized({ ink, width, height }: Picture): Picture {
  const image = normalizeDigit(ink, width, height);
  if (!image) throw new Error('expected ink');
  return { ink: image, width: 28, height: 28 };
}

/** A line of this thickness: all pixels with their centre at most half of it away. */
function line(side: number, thickness: number, from: [number, number], to: [number, number]): Picture {
  const picture = empty(side, side);
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  for (let k = 0; k < picture.ink.length; k++) {
    const x = (k % side) + 0.5 - from[0];
    const y = Math.floor(k / side) + 0.5 - from[1];
    const share = Math.min(Math.max((x * dx + y * dy) / (dx * dx + dy * dy), 0), 1);
    if (Math.hypot(x - share * dx, y - share * dy) <= thickness / 2) picture.ink[k] = 255;
  }
  return picture;
}

function centerOfMass({ ink, width }: Picture): [number, number] {
  let [mass, x, y] = [0, 0, 0];
  for (const [k, level] of ink.entries()) {
    mass += level;
    x += level * (k % width);
    y += level * Math.floor(k / width);
  }
  return [x / mass, y / mass];
}

describe('the position of a drawing does not matter', () => {
  test('the 28 × 28 bytes are the same at any position in an image of any size', () => {
    const room = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: digits.count - 1 }),
        fc.integer({ min: 1, max: 3 }),
        room,
        room,
        room,
        room,
        (i, times, left, right, top, bottom) => {
          const drawing = enlarged(digit(i), times);
          const into = empty(left + drawing.width + right, top + drawing.height + bottom);
          expect(normalized(placed(drawing, left, top, into))).toEqual(normalized(drawing));
        },
      ),
    );
  });

  test('normalizing twice gives the same as once if no ink touches the edge', () => {
    for (let i = 0; i < digits.count; i++) expect(normalized(digit(i))).toEqual(digit(i));
  });
});

describe('size and position', () => {
  test('the longer side becomes 20 pixels, the aspect ratio stays, the centre of mass is near (14, 14)', () => {
    const cases: [width: number, height: number, ...box: [number, number]][] = [
      [200, 100, 20, 10],
      [100, 200, 10, 20],
      [7, 14, 10, 20],
      [30, 400, 2, 20],
      [20, 20, 20, 20],
      [20, 10, 20, 10],
    ];
    for (const [width, height, boxWidth, boxHeight] of cases) {
      const block = { ...empty(width, height), ink: new Uint8Array(width * height).fill(255) };
      const image = normalized(placed(block, 31, 17, empty(width + 40, height + 60)));
      const box = inkBox(image.ink, 28, 28)!;
      expect([box.width, box.height]).toEqual([boxWidth, boxHeight]);
      const [x, y] = centerOfMass(image);
      expect(Math.abs(x - MASS_CENTER)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(y - MASS_CENTER)).toBeLessThanOrEqual(0.5);
    }
  });

  test('a side of a fractional number of pixels has the same grey at both ends', () => {
    const block = { ...empty(100, 44), ink: new Uint8Array(4400).fill(255) };
    const { ink } = normalized(block);
    // 100 × 44 becomes 20 × 8.8: seven full rows between two of 0.9.
    const column = Array.from({ length: 28 }, (_, y) => ink[28 * y + 14]!).filter((level) => level > 0);
    expect(column).toEqual([230, 255, 255, 255, 255, 255, 255, 255, 230]);
  });

  test('no part of a drawing is cut off, even if most of its mass is at one end', () => {
    // A heavy bar on the left, a line to the right.
    const drawing = empty(100, 100);
    for (let y = 0; y < 100; y++) for (let x = 0; x < 30; x++) drawing.ink[100 * y + x] = 255;
    for (let x = 0; x < 100; x++) for (let y = 45; y < 55; y++) drawing.ink[100 * y + x] = 255;
    const { ink } = normalized(drawing);
    expect(inkBox(ink, 28, 28)).toMatchObject({ width: BOX_SIDE, height: BOX_SIDE });
    // 30 % of the box, and a tenth of the rest.
    expect(ink.reduce((sum, level) => sum + level, 0)).toBeCloseTo(400 * 0.37 * 255, 5);
  });
});

describe('ink and noise', () => {
  test('an image without ink, or with only the faintest grey, gives undefined', () => {
    expect(normalizeDigit(new Uint8Array(12), 4, 3)).toBeUndefined();
    expect(normalizeDigit(new Float32Array(12), 4, 3)).toBeUndefined();
    expect(normalizeDigit(new Uint8Array(12).fill(15), 4, 3)).toBeUndefined();
    expect(normalizeDigit(new Uint8Array(12).fill(16), 4, 3)).toBeDefined();
  });

  test('noise up to a fifth of the ink changes the mean level by less than 4', () => {
    const drawing = placed(enlarged(digit(20), 4), 60, 10, empty(200, 150));
    const clean = normalized(drawing).ink;
    const noisy = { ...drawing, ink: drawing.ink.slice() };
    for (let k = 0; k < noisy.ink.length; k++) noisy.ink[k] = Math.max(noisy.ink[k]!, (k * 7919) % 51);
    const image = normalized(noisy).ink;
    const off = image.reduce((sum, level, k) => sum + Math.abs(level - clean[k]!), 0) / 784;
    expect(off).toBeLessThan(4);
  });

  test('a pale drawing becomes as dark as a dark one, within 5 levels', () => {
    const drawing = enlarged(digit(35), 3);
    const pale = { ...drawing, ink: drawing.ink.map((level) => Math.round(level / 4)) };
    const dark = normalized(drawing).ink;
    for (const [k, level] of normalized(pale).ink.entries())
      expect(Math.abs(level - dark[k]!)).toBeLessThan(5);
  });

  test('floats from 0 to 1 give the same as bytes', () => {
    for (let i = 0; i < digits.count; i += 7) {
      const floats = Float32Array.from(digit(i).ink, (level) => level / 255);
      expect(normalizeDigit(floats, 28, 28)).toEqual(normalized(digit(i)).ink);
    }
  });
});

describe('the pen', () => {
  test.each([1, 2, 3, 5, 9])(
    'a pen of %i pixels in an image of 300 is widened to MNIST’s pen, within 0.6 pixels',
    (thickness) => {
      for (const to of [
        [270, 40],
        [200, 280],
        [40, 280],
      ] as const) {
        const { ink } = normalized(line(300, thickness, [30, 30], [...to]));
        const pen = measurePen(ink, 28, inkBox(ink, 28, 28)!);
        expect(Math.abs(pen - PEN_WIDTH)).toBeLessThan(0.6);
      }
    },
  );

  test('its width is measured within 8 %, on average over directions', () => {
    for (const thickness of [6, 10, 20]) {
      const widths = [0, 15, 30, 45, 60, 75].map((degrees) => {
        const angle = (degrees / 180) * Math.PI;
        const { ink } = line(
          300,
          thickness,
          [40, 40],
          [40 + 200 * Math.cos(angle), 40 + 200 * Math.sin(angle)],
        );
        return measurePen(ink, 300, { left: 0, top: 0, width: 300, height: 300 });
      });
      const mean = widths.reduce((sum, width) => sum + width) / widths.length;
      expect(Math.abs(mean / thickness - 1)).toBeLessThan(0.08);
    }
  });
});

describe('invalid sizes and values throw a ShapeError', () => {
  const cases: [() => unknown, string][] = [
    [() => normalizeDigit(new Uint8Array(5), 2, 3), 'ink must have width · height = 6 values, got 5'],
    [() => normalizeDigit(new Uint8Array(0), 0, 3), 'width must be a whole number of at least 1, got 0'],
    [() => normalizeDigit(new Uint8Array(3), 2, 1.5), 'height must be a whole number of at least 1, got 1.5'],
    [() => normalizeDigit(Float32Array.of(0, 1.5), 2, 1), 'ink[1] must be a number from 0 to 1, got 1.5'],
    [
      () => normalizeDigit(Float32Array.of(0, Number.NaN), 2, 1),
      'ink[1] must be a number from 0 to 1, got NaN',
    ],
  ];
  test.each(cases)('%s: %s', (call, sentence) => {
    expect(call).toThrow(new ShapeError(`normalizeDigit: ${sentence}`));
  });
});
