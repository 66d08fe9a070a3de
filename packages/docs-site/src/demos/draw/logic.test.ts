import { createNetwork } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { readImage } from '../reading.ts';
import {
  compareReadings,
  countHidden,
  disagreements,
  formatBytes,
  hiddenOf,
  networkName,
  nextPlace,
  oneIn,
} from './logic.ts';

const samples = { images: digits.pixels(), labels: Uint8Array.from(digits.labels) };
const [one, other] = [1, 2].map((seed) => createNetwork([784, 10, 10], { seed }));

test('says sizes and shares as one reads them', () => {
  expect(oneIn(0.9248)).toBe('one digit in 13');
  expect(oneIn(0.975)).toBe('one digit in 40');
  expect(formatBytes(32_856)).toBe('33 kB');
  expect(formatBytes(1_943_000)).toBe('1.9 MB');
});

test('names a network by its hidden layers', () => {
  expect(networkName('ten', 10)).toBe('The network of 10 hidden neurons');
  expect(['1', '32-16', 'no'].map(countHidden)).toEqual([
    '1 hidden neuron',
    '32-16 hidden neurons',
    'no hidden neurons',
  ]);
  expect(networkName('yours', 3)).toBe('Your network');
  expect(hiddenOf(createNetwork([784, 32, 16, 10], { seed: 1 }))).toBe('32-16');
  expect(hiddenOf(createNetwork([784, 10], { seed: 1 }))).toBe('no');
});

describe('networks side by side', () => {
  const image = samples.images.subarray(0, 784);
  const reading = readImage(one!, image);
  const with9 = { ...reading, digit: (reading.digit + 1) % 10 };

  test('one alone is compared with nothing', () => {
    expect(compareReadings([{ name: 'One', reading }])).toBeUndefined();
  });

  test('says whether they agree', () => {
    expect(
      compareReadings([
        { name: 'One', reading },
        { name: 'Two', reading },
      ]),
    ).toBe('Two reads the same.');
    const three = ['One', 'Two', 'Three'].map((name) => ({ name, reading }));
    expect(compareReadings(three)).toBe('The others read the same.');
    expect(
      compareReadings([
        { name: 'One', reading },
        { name: 'Two', reading: with9 },
      ]),
    ).toMatch(new RegExp(`^Two reads a ${with9.digit}, with [\\d.]+ %\\.$`));
  });

  test('finds the digits that they read differently', () => {
    const places = disagreements(samples, [one!, other!]);
    const digitOf = (network: typeof one, i: number) =>
      readImage(network!, samples.images.subarray(784 * i, 784 * (i + 1))).digit;
    expect(places.length).toBeGreaterThan(10);
    for (let i = 0; i < digits.count; i++) {
      expect(places.includes(i)).toBe(digitOf(one, i) !== digitOf(other, i));
    }
    expect(disagreements(samples, [one!, one!])).toEqual([]);
  });

  test('goes from one to the next, and round', () => {
    expect(nextPlace([3, 7], -1)).toBe(3);
    expect(nextPlace([3, 7], 3)).toBe(7);
    expect(nextPlace([3, 7], 7)).toBe(3);
  });
});
