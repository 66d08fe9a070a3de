import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { decodeNpz, encodeNpz } from './npz.ts';

/**
 * What NumPy 2.4.6 made of: rng = np.random.default_rng(3); np.savez_compressed(file,
 * w1=np.asfortranarray(rng.random((2, 3)).astype('<f4')), b1=np.array([[1.5], [-2.5]]))
 */
const byNumpy =
  'UEsDBC0AAAAIAAAAIQDDEUUD//////////8GABQAdzEubnB5AQAQAJgAAAAAAAAAXgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GkY6CsaaOgq1CuQDrqsZ620ncYjal9QV2bUeO2AbrOBrf+HQXTsAUEsDBC0AAAAIAAAAIQBMyDU0//////////8GABQAYjEubnB5AQAQAJAAAAAAAAAATwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgqGmjoKtQpkAy4GMPhhD6FZDgAAUEsBAi0DLQAAAAgAAAAhAMMRRQNeAAAAmAAAAAYAAAAAAAAAAAAAAIABAAAAAHcxLm5weVBLAQItAy0AAAAIAAAAIQBMyDU0TwAAAJAAAAAGAAAAAAAAAAAAAACAAZYAAABiMS5ucHlQSwUGAAAAAAIAAgBoAAAAHQEAAAAA';

const tensors = new Map([
  ['w1', { shape: [2, 3], values: Float32Array.of(1, -2, 0.5, 4, 5, 1e-7) }],
  ['b1', { shape: [2], values: Float32Array.of(0.25, -0) }],
]);

test('reads a file by NumPy: compressed, float32 in Fortran order, float64 in C order', () => {
  const arrays = decodeNpz(Buffer.from(byNumpy, 'base64'));
  expect([...arrays.keys()]).toEqual(['w1', 'b1']);
  expect(arrays.get('w1')).toEqual({
    shape: [2, 3],
    values: Float32Array.of(
      0.08564916998147964,
      0.23681050539016724,
      0.8012744784355164,
      0.5821620225906372,
      0.09412864595651627,
      0.43312692642211914,
    ),
  });
  expect(arrays.get('b1')).toEqual({ shape: [2, 1], values: Float32Array.of(1.5, -2.5) });
});

test('reads its own file to the bit, and writes the same bytes each time', () => {
  const bytes = encodeNpz(tensors);
  expect(decodeNpz(bytes)).toEqual(tensors);
  expect(encodeNpz(tensors)).toEqual(bytes);
});

test('an array starts with NumPy’s header, and its numbers start at a multiple of 64', () => {
  const text = Buffer.from(encodeNpz(tensors)).toString('latin1');
  const begin = text.indexOf('\x93NUMPY');
  const dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
  expect(text.slice(begin, begin + 128)).toBe(`\x93NUMPY\x01\x00\x76\x00${dictionary.padEnd(117)}\n`);
});

describe('an invalid .npz', () => {
  const zip = (content: Uint8Array) => zipSync({ 'w1.npy': content });
  const npy = (header: string, numbers = 0) =>
    new Uint8Array([
      0x93,
      ...strToU8('NUMPY'),
      1,
      0,
      header.length,
      0,
      ...strToU8(header),
      ...new Uint8Array(numbers * 8),
    ]);

  test.each([
    ['text', strToU8('PK but no zip'), /^expected a zip of \.npy files, got something else/],
    [
      'another file in it',
      zip(strToU8('hello there, this is no array')),
      /^w1\.npy: expected an array as NumPy saves it/,
    ],
    [
      'whole numbers',
      zip(npy("{'descr': '<i8', 'shape': (2,), }", 2)),
      /^w1\.npy: expected float32 or float64, got <i8$/,
    ],
    [
      'too few numbers',
      zip(npy("{'descr': '<f8', 'shape': (2, 2), }", 3)),
      /^w1\.npy: expected 4 numbers for the shape \(2, 2\), got 24 bytes$/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeNpz(bytes)).toThrow(message);
    expect(() => decodeNpz(bytes)).toThrow(expect.objectContaining({ code: 'MODEL_FILE' }));
  });
});
