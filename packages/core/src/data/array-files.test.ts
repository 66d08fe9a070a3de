import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArrayName } from './array-names.ts';
import { fileKind } from './file-kind.ts';
import { parseIdxHeader } from './idx.ts';
import { imageLayout } from './image-arrays.ts';
import { decodeTexts, parseNpyHeader, type TextType } from './npy.ts';
import { DataFormatError, decodeNumbers, type NumberType } from './number-type.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function npyHeader(dictionary: string): Uint8Array {
  const head = ascii('\x93NUMPY\x01\0\0\0');
  head[8] = dictionary.length;
  return new Uint8Array([...head, ...ascii(dictionary)]);
}

describe('numbers of every type', () => {
  type Case = [
    NumberType['kind'],
    NumberType['bytes'],
    number[],
    (view: DataView, at: number, value: number) => void,
  ];
  const cases: Case[] = [
    ['unsigned', 1, [0, 7, 255], (view, at, value) => view.setUint8(at, value)],
    ['signed', 1, [-128, 0, 127], (view, at, value) => view.setInt8(at, value)],
    ['unsigned', 2, [0, 65_535], (view, at, value) => view.setUint16(at, value, true)],
    ['signed', 2, [-32_768, 9], (view, at, value) => view.setInt16(at, value, true)],
    ['unsigned', 4, [0, 2 ** 32 - 1], (view, at, value) => view.setUint32(at, value, true)],
    ['signed', 4, [-(2 ** 31), 9], (view, at, value) => view.setInt32(at, value, true)],
    ['unsigned', 8, [0, 2 ** 53 - 1], (view, at, value) => view.setBigUint64(at, BigInt(value), true)],
    ['signed', 8, [-1, -(2 ** 53) + 1, 9], (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
    ['float', 4, [-0.5, 255, Infinity], (view, at, value) => view.setFloat32(at, value, true)],
    ['float', 8, [1 / 3, -1e300], (view, at, value) => view.setFloat64(at, value, true)],
    ['bool', 1, [0, 1], (view, at, value) => view.setUint8(at, value)],
  ];

  test.each(cases)('%s of %i bytes, in both byte orders', (kind, bytes, values, set) => {
    const little = new Uint8Array(values.length * bytes);
    for (const [k, value] of values.entries()) set(new DataView(little.buffer), k * bytes, value);
    expect(Array.from(decodeNumbers(little, { kind, bytes, littleEndian: true }))).toEqual(values);
    const big = Uint8Array.from(little, (_, k) => little[k - (k % bytes) + bytes - 1 - (k % bytes)]!);
    expect(Array.from(decodeNumbers(big, { kind, bytes, littleEndian: false }))).toEqual(values);
  });

  test('half precision: the values of IEEE 754', () => {
    const words = [0x0000, 0x8001, 0x0400, 0x3555, 0x3c00, 0xbc00, 0x7bff, 0x7c00, 0x7e00];
    const bytes = new Uint8Array(Uint16Array.from(words).buffer);
    const type: NumberType = { kind: 'float', bytes: 2, littleEndian: true };
    expect(Array.from(decodeNumbers(bytes, type))).toEqual([
      0,
      -(2 ** -24),
      2 ** -14,
      0.333251953125,
      1,
      -1,
      65_504,
      Infinity,
      NaN,
    ]);
  });
});

describe('headers', () => {
  test('IDX: type, shape and where the elements begin', () => {
    const header = [0, 0, 0x0d, 2, 0, 0, 1, 0, 0, 0, 0, 28];
    expect(parseIdxHeader(Uint8Array.from([...header, 9, 9]))).toEqual({
      type: { kind: 'float', bytes: 4, littleEndian: false },
      shape: [256, 28],
      headerBytes: 12,
    });
    for (const [bytes, sentence] of [
      [header.slice(0, 9), 'truncated header: expected 12 bytes, got 9'],
      [[...header.slice(0, 11), 0], 'invalid dimensions 256 × 0: each must be at least 1'],
      [[0, 0, 0x0a, 1, 0, 0, 0, 1], 'not the header of an IDX file of images or labels'],
      [[0, 0, 8, 5, 0, 0, 0, 1], 'not the header of an IDX file of images or labels'],
    ] as const) {
      expect(() => parseIdxHeader(Uint8Array.from(bytes))).toThrow(new DataFormatError(sentence));
    }
  });

  test.each<[string, Partial<ReturnType<typeof parseNpyHeader>>]>([
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }   \n",
      {
        type: { kind: 'float', bytes: 4, littleEndian: true },
        shape: [60_000, 28, 28],
        isFortranOrder: false,
      },
    ],
    [
      "{'descr': '>i8', 'fortran_order': True, 'shape': (7,), }",
      { type: { kind: 'signed', bytes: 8, littleEndian: false }, shape: [7], isFortranOrder: true },
    ],
    ["{'descr': '|b1', 'fortran_order': False, 'shape': (), }", { shape: [] }],
    [
      "{'descr': '<U11', 'fortran_order': False, 'shape': (3L,), }",
      { type: { kind: 'unicode', characters: 11, littleEndian: true }, shape: [3] },
    ],
  ])('.npy: %s', (dictionary, expected) => {
    expect(parseNpyHeader(npyHeader(dictionary))).toMatchObject(expected);
  });

  test.each([
    ["{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 'an array of Python objects (a pickle)'],
    ["{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (2,), }", 'a structured array'],
    ["{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", 'unsupported type "<c8"'],
    ["{'descr': '<f1', 'fortran_order': False, 'shape': (2,), }", 'unsupported type "<f1"'],
    ["{'descr': '<u9', 'fortran_order': False, 'shape': (2,), }", 'unsupported type "<u9"'],
    ["{'descr': '<f4', 'shape': (2,), }", 'unreadable header'],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 'invalid shape'],
  ])('.npy: %s is refused', (dictionary, sentence) => {
    expect(() => parseNpyHeader(npyHeader(dictionary))).toThrow(sentence);
  });

  test('any bytes are a header or a DataFormatError', () => {
    const right = npyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(60), fc.boolean(), (part, place, isNpy) => {
        const bytes = isNpy ? right.slice() : Uint8Array.from([0, 0, 8, 3, ...part]);
        if (isNpy) bytes.set(part.subarray(0, Math.max(0, bytes.length - place)), place);
        try {
          (isNpy ? parseNpyHeader : parseIdxHeader)(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DataFormatError);
        }
      }),
    );
  });

  test('texts of both kinds lose their padding', () => {
    const unicode: TextType = { kind: 'unicode', characters: 2, littleEndian: true };
    const bytes = new Uint8Array(Uint32Array.from([0x304a, 0, 0x41, 0x42]).buffer);
    expect(decodeTexts(bytes, unicode)).toEqual(['お', 'AB']);
    expect(decodeTexts(ascii('cat\0do\0\0'), { ...unicode, kind: 'bytes', characters: 4 })).toEqual([
      'cat',
      'do',
    ]);
  });
});

describe('layouts of images', () => {
  /** Each number of a layout's image, moved to its place. */
  const moved = (shape: number[], isFortran: boolean): number[] => {
    const { places, height, width, channels } = imageLayout([2, ...shape], isFortran, 1000);
    const image: number[] = [];
    for (let k = 0; k < height * width * channels; k++) image[places ? places[k]! : k] = k;
    return image;
  };

  test('rows, columns and channels of every order', () => {
    expect(moved([2, 3], false)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(moved([2, 3], true)).toEqual([0, 2, 4, 1, 3, 5]);
    expect(moved([9], true)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // Red, green and blue of four pixels, plane after plane.
    expect(moved([3, 2, 2], false)).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect(moved([2, 2, 3], true)).toEqual([0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11]);
    expect(imageLayout([2, 28, 28, 1], false, 784)).toEqual({
      count: 2,
      height: 28,
      width: 28,
      channels: 1,
      isSampleFastest: false,
    });
    expect(imageLayout([2, 784], true, 784)).toMatchObject({ height: 28, width: 28, isSampleFastest: true });
  });

  test.each<[number[], string]>([
    [[10], 'expected images as n × height × width or n × pixels, got an array of 10'],
    [[10, 785], 'got an array of 10 × 785, which are not square: give them as n × height × width'],
    [[10, 28, 28, 2], 'got an array of 10 × 28 × 28 × 2'],
    [[0, 28, 28], 'expected images, got an array of 0 × 28 × 28'],
    [[1, 99, 99], 'expected images of at most 1000 pixels, got an array of 1 × 99 × 99'],
  ])('%j is refused', (shape, sentence) => {
    expect(() => imageLayout(shape, false, 1000)).toThrow(sentence);
  });
});

test('names of arrays and files', () => {
  const said = (name: string): string => {
    const { set = '-', role = '-', rest } = parseArrayName(name);
    return [set, role, rest].join(' ').trim();
  };
  expect(said('train-images-idx3-ubyte.gz')).toBe('train images');
  expect(said('T10K-LABELS.IDX1-UBYTE')).toBe('test labels');
  expect(said('emnist-byclass-test-labels-idx1-ubyte')).toBe('test labels emnist byclass');
  expect(said('qmnist-train-labels-idx2-int.gz')).toBe('train labels qmnist');
  expect(said('X_train.npy')).toBe('train images');
  expect(said('ytest')).toBe('test labels');
  expect(said('trainX')).toBe('train images');
  expect(said('val_labels')).toBe('validation labels');
  expect(said('kmnist-train-imgs.npz')).toBe('train images kmnist');
  expect(said('data_labels')).toBe('- labels');
  expect(said('target_names')).toBe('- names');
  expect(said('train-00000-of-00002.parquet')).toBe('train -');
  expect(said('fashion-mnist_train.csv')).toBe('train - fashion mnist');
});

test('kinds of files by their first bytes', () => {
  expect(fileKind(ascii('BMW,1,2\n3,4,5\n'))).toBe('text');
  expect(fileKind(ascii('BM\x36\0\0\0'))).toBe('other image');
  expect(fileKind(ascii('label,pixel0\n'))).toBe('text');
  expect(fileKind(Uint8Array.from([0xef, 0xbb, 0xbf, 0x3c, 0x68, 0x74, 0x6d, 0x6c, 0x3e]))).toBe('html');
  expect(fileKind(ascii('<Error><Code>AccessDenied</Code></Error>'))).toBe('html');
  expect(fileKind(Uint8Array.from([0xff, 0xfe, 0x35, 0, 0x2c, 0]))).toBe('text');
  expect(fileKind(Uint8Array.from([1, 2, 3]))).toBe('binary');
});
