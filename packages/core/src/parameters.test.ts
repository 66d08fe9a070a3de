import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layerViews, parameterBytes, parameterCount, tensorPlaces } from './parameters.ts';

const anyLayers = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 6 });

describe('parameterCount', () => {
  test('is 7,960 for 784-10-10, as in the tutorial', () => {
    expect(parameterCount([784, 10, 10])).toBe(7960);
  });

  test('counts (inputs + 1) · outputs for a network without hidden layers', () => {
    expect(parameterCount([3, 2])).toBe(8);
    expect(parameterCount([1, 1])).toBe(2);
  });
});

describe('tensorPlaces', () => {
  test('names W1, b1, W2, b2 in canonical order', () => {
    expect(tensorPlaces([3, 4, 2])).toEqual([
      { name: 'W1', shape: [4, 3], offset: 0, length: 12 },
      { name: 'b1', shape: [4], offset: 12, length: 4 },
      { name: 'W2', shape: [2, 4], offset: 16, length: 8 },
      { name: 'b2', shape: [2], offset: 24, length: 2 },
    ]);
  });

  test('covers the flat vector without holes or overlaps, for any layers', () => {
    fc.assert(
      fc.property(anyLayers, (layers) => {
        let end = 0;
        for (const { shape, offset, length } of tensorPlaces(layers)) {
          expect(offset).toBe(end);
          expect(shape.reduce((product, size) => product * size)).toBe(length);
          end += length;
        }
        expect(end).toBe(parameterCount(layers));
      }),
    );
  });
});

describe('layerViews', () => {
  test.each([Float64Array, Float32Array])(
    '%o: views lie where tensorPlaces says, and write through',
    (Values) => {
      const layers = [3, 4, 2];
      const parameters = new Values(parameterCount(layers)).map((_, k) => k);
      const views = layerViews(parameters, layers);
      const tensors = views.flatMap(({ W, b }) => [W, b]);
      for (const [t, { offset, length }] of tensorPlaces(layers).entries()) {
        expect(tensors[t]).toEqual(parameters.slice(offset, offset + length));
      }
      expect(views.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
        [3, 4],
        [4, 2],
      ]);
      views[1]!.W[0] = -1;
      expect(parameters[16]).toBe(-1);
    },
  );
});

describe('parameterBytes', () => {
  test('are little-endian float32, rounded to nearest', () => {
    expect([...parameterBytes([1, -2, 0.1, -0])]).toEqual([
      0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0, 0xcd, 0xcc, 0xcc, 0x3d, 0x00, 0x00, 0x00, 0x80,
    ]);
  });

  test('are empty for no parameters', () => {
    expect(parameterBytes([])).toEqual(new Uint8Array(0));
  });
});
