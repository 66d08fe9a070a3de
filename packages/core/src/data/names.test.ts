import { describe, expect, test } from 'vitest';
import { knownSet } from './known-names.ts';
import { parseLabelNames } from './label-names.ts';

describe('files of class names', () => {
  test.each<[string, string, string, object]>([
    ['one per line', 'names.txt', 'cat\r\n\r\nhot dog\n', { inOrder: ['cat', 'hot dog'] }],
    [
      'labels and names',
      'names.txt',
      '0 T-shirt/top\n1\tTrouser\n',
      { byLabel: { 0: 'T-shirt/top', 1: 'Trouser' } },
    ],
    ['a CSV', 'names.csv', '1,"hot dog"\n02,cat\n', { byLabel: { 1: 'hot dog', 2: 'cat' } }],
    [
      'EMNIST’s mapping of letters',
      'emnist-letters-mapping.txt',
      '1 65 97\n2 66 98\n',
      { byLabel: { 1: 'A/a', 2: 'B/b' } },
    ],
    [
      'EMNIST’s mapping of balanced',
      'emnist-balanced-mapping.txt',
      '0 48\n36 97\n',
      { byLabel: { 0: '0', 36: 'a' } },
    ],
    ['two numbers in any other file', 'names.txt', '0 48\n1 49\n', { byLabel: { 0: '48', 1: '49' } }],
    ['a JSON array', 'names.json', '["cat", 7]', { inOrder: ['cat', '7'] }],
    ['a JSON object', 'names.json', '{"0": "cat", "5": "dog"}', { byLabel: { 0: 'cat', 5: 'dog' } }],
    ['Keras’s class_indices', 'names.json', '{"cat": 0, "dog": 1}', { byLabel: { 0: 'cat', 1: 'dog' } }],
    ['digits as names in JSON', 'names.json', '{"0": 5, "1": 6}', { byLabel: { 0: '5', 1: '6' } }],
  ])('%s', (_, file, text, names) => {
    expect(parseLabelNames(text, file)).toEqual(names);
  });

  test.each([
    ['', 'expected names of classes, got an empty file'],
    ['{}', 'expected names of classes, got an empty object'],
    ['[1, null]', 'expected a name, got null'],
    ['{"a"', 'invalid JSON: '],
    ['1 cat\n01 dog\n', 'label "1" is named twice'],
    ['1 65 7\n', 'expected the code of a character for class 1, got 7'],
  ])('%j is refused', (text, sentence) => {
    expect(() => parseLabelNames(text, 'mapping.txt')).toThrow(sentence);
  });
});

test('public data sets are known by their names', () => {
  expect(knownSet('data/FashionMNIST/raw')).toMatchObject({ title: 'Fashion-MNIST', isTransposed: false });
  expect(knownSet('KMNIST/raw')).toMatchObject({ title: 'Kuzushiji-MNIST' });
  expect(knownSet('fashion/emnist-letters-train')).toMatchObject({
    title: 'EMNIST letters',
    isTransposed: true,
  });
  expect(knownSet('MNIST/raw')).toBeUndefined();
  expect(knownSet('emnist')).toBeUndefined();
  // 26 letters begin at 1; balanced has 47 classes and byclass 62.
  expect(knownSet('emnist-letters')!.names).toMatchObject({ 1: 'A', 26: 'Z' });
  expect(Object.keys(knownSet('emnist-balanced')!.names)).toHaveLength(47);
  expect(knownSet('emnist_balanced')!.names).toMatchObject({ 10: 'A', 36: 'a', 38: 'd', 46: 't' });
  expect(Object.keys(knownSet('EMNIST-ByClass')!.names)).toHaveLength(62);
});
