import { readMnist, type Samples } from '@micronn/fixtures/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { inkBox } from '../../src/digit/ink-box.ts';
import { BOX_SIDE, MASS_CENTER, normalizeDigit } from '../../src/digit/normalize-digit.ts';
import { measurePen, PEN_WIDTH } from '../../src/digit/pen-width.ts';
import { accuracy, createNetwork, type Network, predict } from '../../src/index.ts';
import { createKernelTraining } from '../../src/kernels/index.ts';

/** The statements about MNIST in the docstrings, and the effect of the preprocessing on MNIST. */

const PIXELS = 784;

function image({ images }: Samples, i: number): Uint8Array {
  return images.subarray(PIXELS * i, PIXELS * (i + 1));
}

function classesOf(network: Network, images: readonly Uint8Array[]): number[] {
  return images.map(
    (pixels) =>
      predict(
        network,
        Float64Array.from(pixels, (level) => level / 255),
      )[0]!,
  );
}

/** The same drawing with every pixel twice as wide and high. */
function doubled(pixels: Uint8Array): Uint8Array {
  const large = new Uint8Array(4 * PIXELS);
  for (let y = 0; y < 56; y++) {
    for (let x = 0; x < 56; x++) large[56 * y + x] = pixels[28 * (y >> 1) + (x >> 1)]!;
  }
  return large;
}

test('MNIST’s training images have the centre of mass, box, ink and pen that the docstrings state', () => {
  const samples = readMnist('train', 0, 60_000);
  let sumX = 0;
  let sumY = 0;
  let furthest = 0;
  let pens = 0;
  let thinPens = 0;
  let palest = 255;
  let boxes = 0;
  for (let i = 0; i < 60_000; i++) {
    const pixels = image(samples, i);
    let mass = 0;
    let momentX = 0;
    let momentY = 0;
    let most = 0;
    for (let k = 0; k < PIXELS; k++) {
      const level = pixels[k]!;
      mass += level;
      momentX += level * (k % 28);
      momentY += level * Math.floor(k / 28);
      if (level > most) most = level;
    }
    const [x, y] = [momentX / mass, momentY / mass];
    sumX += x;
    sumY += y;
    furthest = Math.max(furthest, Math.abs(x - MASS_CENTER), Math.abs(y - MASS_CENTER));
    palest = Math.min(palest, most);
    const box = inkBox(pixels, 28, 28)!;
    if (Math.max(box.width, box.height) === BOX_SIDE) boxes++;
    const pen = measurePen(pixels, 28, box);
    pens += pen;
    if (pen < 1.2) thinPens++;
  }
  expect((sumX / 60_000).toFixed(3)).toBe('14.007');
  expect((sumY / 60_000).toFixed(3)).toBe('13.996');
  expect(furthest).toBeLessThan(0.52);
  expect(palest).toBe(254);
  expect((pens / 60_000).toFixed(1)).toBe(String(PEN_WIDTH));
  expect((thinPens / 600).toFixed(1)).toBe('0.2');
  expect(boxes / 60_000).toBeGreaterThan(0.99);
});

describe('the preprocessing of MNIST’s 10,000 test images', () => {
  const test10k = readMnist('test', 0, 10_000);
  const before = Array.from({ length: 10_000 }, (_, i) => image(test10k, i));
  const after = before.map((pixels) => normalizeDigit(pixels, 28, 28) ?? new Uint8Array(PIXELS));
  let network: Network;
  let classes: number[];

  beforeAll(async () => {
    const { images, labels } = readMnist('train', 0, 60_000);
    // The trainer's default run.
    const training = await createKernelTraining({
      network: createNetwork([PIXELS, 10, 10], { seed: 42 }),
      images,
      labels,
      batchSize: 64,
      shards: 4,
      seed: 42,
      learningRate: 0.1,
      momentum: 0,
    });
    for (let epoch = 0; epoch < 10; epoch++) training.trainEpoch();
    network = training.network();
    classes = classesOf(network, before);
  }, 120_000);

  test('does not change 99 % of them by a byte', () => {
    const same = after.filter((pixels, i) => pixels.every((level, k) => level === before[i]![k]));
    expect(same.length).toBeGreaterThanOrEqual(9_900);
  });

  test('keeps more than 99.8 % of the predicted classes, with an accuracy above 92 %', () => {
    const found = classesOf(network, after);
    expect(accuracy(found, classes)).toBeGreaterThan(0.998);
    expect(accuracy(found, test10k.labels)).toBeGreaterThan(0.92);
  });

  test('at twice the size, keeps 97 % of a thousand predicted classes and loses less than 1 % of accuracy', () => {
    const large = before.slice(0, 1000).map((pixels) => normalizeDigit(doubled(pixels), 56, 56)!);
    const found = classesOf(network, large);
    expect(accuracy(found, classes.slice(0, 1000))).toBeGreaterThan(0.97);
    const right = (list: readonly number[]): number => accuracy(list, test10k.labels.subarray(0, 1000));
    expect(right(found)).toBeGreaterThan(right(classes.slice(0, 1000)) - 0.01);
  });
});
