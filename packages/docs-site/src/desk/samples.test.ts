import { expect, test } from 'vitest';
import { parseSamples } from './samples.ts';

test('a file has labels, then images', () => {
  const bytes = Uint8Array.from({ length: 2 * 785 }, (_, k) => k);
  const { labels, images } = parseSamples(bytes);
  expect([...labels]).toEqual([0, 1]);
  expect(images).toHaveLength(2 * 784);
  expect(images[0]).toBe(2);
});

test.each([0, 784, 786])('%i bytes are not whole samples', (length) => {
  expect(() => parseSamples(new Uint8Array(length))).toThrow(
    `digits: a file of whole samples has a multiple of 785 bytes, got ${length}`,
  );
});
