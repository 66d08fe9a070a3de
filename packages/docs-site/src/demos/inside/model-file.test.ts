import { createNetwork, encodeSafetensors } from '@micronn/core';
import { stringifyModel } from '@micronn/core/json';
import { describe, expect, test } from 'vitest';
import { decodeModelFile, encodeModelFile, modelFormats } from './model-file.ts';
import { decodeNpz } from './npz.ts';

const network = createNetwork([784, 3, 10], { seed: 8 });

test.each(modelFormats)('a network saved as %s is loaded with the same bits', (format) => {
  expect(decodeModelFile(encodeModelFile(network, format))).toEqual(network);
});

test('the .npz has the names and shapes of the tutorial’s class', () => {
  const arrays = decodeNpz(encodeModelFile(network, 'npz'));
  expect(Array.from(arrays, ([name, { shape }]) => [name, shape])).toEqual([
    ['w1', [3, 784]],
    ['b1', [3, 1]],
    ['w2', [10, 3]],
    ['b2', [10, 1]],
  ]);
});

describe('an invalid model file', () => {
  const tensors = (entries: [string, number[]][]) =>
    encodeSafetensors({
      metadata: {},
      tensors: new Map(
        entries.map(([name, shape]) => [
          name,
          { shape, values: new Float32Array(shape.reduce((product, size) => product * size, 1)) },
        ]),
      ),
    });
  const text = (content: string) => new TextEncoder().encode(content);

  test.each([
    ['nothing', new Uint8Array(), 'expected a model, got an empty file'],
    ['a poem', text('Shall I compare thee to a summer’s day?'), /^expected a header of at most/],
    ['other JSON', text('{"a": 1}'), /^expected a model to have format, version/],
    [
      'a network of other sizes',
      text(stringifyModel({ network: createNetwork([3, 2, 2], { seed: 1 }), metadata: {} })),
      'expected a network from 784 pixels to 10 digits, got 3 → 2 → 2',
    ],
    ['other tensors', tensors([['weights', [10, 784]]]), 'expected a tensor W1, got weights'],
    ['a bias that is missing', tensors([['W1', [10, 784]]]), 'expected a tensor b1, got W1'],
    [
      'a bias that is too long',
      tensors([
        ['W1', [10, 784]],
        ['b1', [11]],
      ]),
      'expected b1 to have the shape (10), got (11)',
    ],
    ['a flat W1', tensors([['W1', [7840]]]), 'expected W1 to have rows and columns, got shape (7840)'],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeModelFile(bytes)).toThrow(message);
  });

  test('numbers that are not finite', () => {
    const broken = { ...network, parameters: network.parameters.with(5, Number.NaN) };
    expect(() => decodeModelFile(encodeModelFile(broken, 'safetensors'))).toThrow(
      'expected finite numbers, got NaN in W1, place 5',
    );
  });
});
