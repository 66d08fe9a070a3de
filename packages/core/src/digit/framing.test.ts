import { readMnist } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../shapes.ts';
import { frameDrawing, measureFraming } from './framing.ts';
import { inkBox } from './ink-box.ts';
import { normalizeDigit } from './normalize-digit.ts';
import { resample } from './resample.ts';

const COUNT = 1000;
const { images: mnist } = readMnist('train', 0, COUNT);

/** Each image of the set changed. */
function changed(change: (image: Uint8Array, i: number) => Uint8Array): Uint8Array {
  const images = new Uint8Array(784 * COUNT);
  for (let i = 0; i < COUNT; i++) images.set(change(mnist.slice(784 * i, 784 * (i + 1)), i), 784 * i);
  return images;
}

/** The box of the ink stretched to the whole image. */
function filled(image: Uint8Array): Uint8Array {
  const { left, top, width, height } = inkBox(image, 28, 28)!;
  const part = Uint8Array.from(
    { length: width * height },
    (_, k) => image[28 * (top + Math.floor(k / width)) + left + (k % width)]!,
  );
  return resample(part, width, height, 28, 28);
}

const shift = (image: Uint8Array): Uint8Array =>
  image.map((_, k) => (k % 28 < 4 ? image[k + 24]! : image[k - 4]!));

/** A garment: a rectangle of a size of its own. */
function garment(_: Uint8Array, i: number): Uint8Array {
  const [w, h] = [8 + ((i * 7) % 20), 6 + ((i * 11) % 22)];
  return Uint8Array.from({ length: 784 }, (__, k) => (k % 28 < w && k / 28 < h ? 150 : 0));
}

const sets = {
  mnist,
  filled: changed(filled),
  shifted: changed(shift),
  clothes: changed(garment),
  negative: changed((image) => image.map((level) => 255 - level)),
};

/** The image enlarged twice, in the corner of a larger one. */
function enlarged(image: Uint8Array): Uint8Array {
  const large = new Uint8Array(90 * 100);
  for (let k = 0; k < 56 * 56; k++) {
    const [x, y] = [k % 56, Math.floor(k / 56)];
    large[100 * (y + 3) + x + 30] = image[28 * Math.floor(y / 2) + Math.floor(x / 2)]!;
  }
  return large;
}

describe('what is measured', () => {
  test.each([
    ['mnist', 'mnist'],
    ['filled', 'stretched'],
    ['shifted', 'box'],
    ['clothes', 'as-is'],
    ['negative', 'as-is'],
  ] as const)('%s: %s', (name, kind) => {
    const framing = measureFraming(sets[name], COUNT, 28, 28);
    expect(framing.kind).toBe(kind);
    expect(JSON.parse(JSON.stringify(framing))).toEqual(framing);
  });

  test('MNIST and its shifted copy differ by four pixels', () => {
    const [a, b] = [measureFraming(mnist, COUNT, 28, 28), measureFraming(sets.shifted, COUNT, 28, 28)];
    expect([a.longer.median, b.longer.median]).toEqual([20, 20]);
    expect([a.center, b.center]).toEqual(['mass', 'mass']);
    expect(Math.abs(b.x.median - a.x.median - 4)).toBeLessThan(0.15);
    expect(Math.abs(b.y.median - a.y.median)).toBeLessThan(0.05);
  });
});

describe('a drawing is framed as the set is', () => {
  test.each(Object.keys(sets) as (keyof typeof sets)[])('%s: its own images keep their bytes', (name) => {
    const framing = measureFraming(sets[name], COUNT, 28, 28);
    let kept = 0;
    for (let i = 0; i < COUNT; i++) {
      const image = sets[name].subarray(784 * i, 784 * (i + 1));
      const framed = frameDrawing(image, 28, 28, framing)!;
      if (!framed.isReframed) {
        kept++;
        expect(framed.pixels).toEqual(image);
      }
    }
    expect(kept).toBeGreaterThanOrEqual(0.98 * COUNT);
  });

  // A tenth of the shifted digits wrap around, and so are no drawings in one piece.
  test.each([
    ['mnist', 0.15],
    ['filled', 0.15],
    ['shifted', 0.3],
  ] as const)(
    '%s: enlarged and in a corner, they come back with less than %d of the ink different',
    (name, most) => {
      const framing = measureFraming(sets[name], COUNT, 28, 28);
      let share = 0;
      for (let i = 0; i < 200; i++) {
        const image = sets[name].subarray(784 * i, 784 * (i + 1));
        const { pixels, isReframed } = frameDrawing(enlarged(image), 100, 90, framing)!;
        expect(isReframed).toBe(true);
        const off = pixels.reduce((sum, level, k) => sum + Math.abs(level - image[k]!), 0);
        share += off / image.reduce((sum, level) => sum + level, 0) / 200;
      }
      expect(share).toBeLessThan(most);
    },
  );

  test('for MNIST it is normalizeDigit', () => {
    const framing = measureFraming(mnist, COUNT, 28, 28);
    for (let i = 0; i < 50; i++) {
      const drawing = enlarged(mnist.subarray(784 * i, 784 * (i + 1)));
      expect(frameDrawing(drawing, 100, 90, framing)!.pixels).toEqual(normalizeDigit(drawing, 100, 90));
    }
  });

  test('as it is: an image of another size is resampled, an empty one too', () => {
    const framing = measureFraming(sets.clothes, COUNT, 28, 28);
    const drawing = enlarged(mnist.subarray(0, 784));
    expect(frameDrawing(drawing, 100, 90, framing)!.pixels).toEqual(resample(drawing, 100, 90, 28, 28));
    expect(frameDrawing(new Uint8Array(784), 28, 28, framing)!.pixels).toEqual(new Uint8Array(784));
    expect(frameDrawing(new Uint8Array(784), 28, 28, measureFraming(mnist, COUNT, 28, 28))).toBeUndefined();
  });
});

test('a digit of another side has the box and the centre in proportion', () => {
  for (const side of [8, 14, 32, 56, 64]) {
    const image = normalizeDigit(mnist.subarray(0, 784), 28, 28, { side })!;
    const box = inkBox(image, side, side)!;
    expect(Math.abs(Math.max(box.width, box.height) - (20 * side) / 28)).toBeLessThanOrEqual(1);
  }
  expect(normalizeDigit(mnist.subarray(0, 784), 28, 28, { side: 28 })).toEqual(mnist.subarray(0, 784));
});

test('wrong sizes throw a ShapeError', () => {
  expect(() => measureFraming(new Uint8Array(5), 1, 2, 3)).toThrow(
    new ShapeError('measureFraming: images must have 6 values, got 5'),
  );
  expect(() => frameDrawing(new Uint8Array(5), 2, 3, measureFraming(mnist, COUNT, 28, 28))).toThrow(
    new ShapeError('frameDrawing: ink must have width · height = 6 values, got 5'),
  );
});
