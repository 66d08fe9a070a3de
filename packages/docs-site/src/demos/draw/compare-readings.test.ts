import { createNetwork } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { readImage } from '../../desk/reading.ts';
import { compareReadings, disagreements, nextPlace } from './compare-readings.ts';

const samples = { images: digits.pixels(), labels: Uint8Array.from(digits.labels) };
const [one, other] = [1, 2].map((seed) => createNetwork([784, 10, 10], { seed }));

describe('networks side by side', () => {
  const image = samples.images.subarray(0, 784);
  const reading = readImage(one!, image);
  const with9 = { ...reading, digit: (reading.digit + 1) % 10 };

  test('a single network is compared with nothing', () => {
    expect(compareReadings([{ name: 'One', reading }])).toBeUndefined();
  });

  test('says whether the predictions agree', () => {
    expect(
      compareReadings([
        { name: 'One', reading },
        { name: 'Two', reading },
      ]),
    ).toBe('Two predicts the same.');
    const three = ['One', 'Two', 'Three'].map((name) => ({ name, reading }));
    expect(compareReadings(three)).toBe('The others predict the same.');
    expect(
      compareReadings([
        { name: 'One', reading },
        { name: 'Two', reading: with9 },
      ]),
    ).toMatch(new RegExp(`^Two predicts ${with9.digit} with [\\d.]+ %\\.$`));
  });

  test('finds the digits that they classify differently', () => {
    const places = disagreements(samples, [one!, other!]);
    const digitOf = (network: typeof one, i: number) =>
      readImage(network!, samples.images.subarray(784 * i, 784 * (i + 1))).digit;
    expect(places.length).toBeGreaterThan(10);
    for (let i = 0; i < digits.count; i++) {
      expect(places.includes(i)).toBe(digitOf(one, i) !== digitOf(other, i));
    }
    expect(disagreements(samples, [one!, one!])).toEqual([]);
  });

  test('goes from one index to the next, and from the last to the first', () => {
    expect(nextPlace([3, 7], -1)).toBe(3);
    expect(nextPlace([3, 7], 3)).toBe(7);
    expect(nextPlace([3, 7], 7)).toBe(3);
  });
});
