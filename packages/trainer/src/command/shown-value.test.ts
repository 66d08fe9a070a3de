import { expect, test } from 'vitest';
import { shownValue } from './shown-value.ts';

test.each<[unknown, string]>([
  ['x', '"x"'],
  [0, '0'],
  [null, 'null'],
  [[1, 'a'], '[1,"a"]'],
  [{ a: [1] }, '{"a":[1]}'],
  [[[[[1]]]], '[[["…"]]]'],
  [Array(50).fill(0), `[${Array(20).fill(0).join()}]`],
  ['x'.repeat(300), `"${'x'.repeat(199)}…`],
])('%j is shown as %s', (value, shown) => {
  expect(shownValue(value)).toBe(shown);
});

test('nesting of any depth is shown to three levels', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  expect(() => JSON.stringify(deep)).toThrow(RangeError);
  expect(shownValue(deep)).toBe('[[["…"]]]');
});
