import { describe, expect, test } from 'vitest';
import { safetensorsFile, tensorEntry, tensorFile } from '../../test/safetensors-file.ts';
import { decodeSafetensors, SafetensorsError } from './safetensors.ts';

const LIMIT = 100_000_000;

describe('decodeSafetensors', () => {
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'expected at least 8 bytes for the header’s length, got 0'],
    ['7 bytes', new Uint8Array(7), 'expected at least 8 bytes for the header’s length, got 7'],
    [
      'a header above the format’s limit',
      safetensorsFile('{}', 0, BigInt(LIMIT + 1)),
      `expected a header of at most ${LIMIT} bytes, got ${LIMIT + 1}`,
    ],
    [
      'a missing header of exactly the limit',
      safetensorsFile('{}', 0, BigInt(LIMIT)),
      `expected a header of ${LIMIT} bytes, got 2 bytes in all`,
    ],
    [
      'a length with its highest bit set',
      safetensorsFile('{}', 0, 2n ** 63n),
      `expected a header of at most ${LIMIT} bytes, got 9223372036854775808`,
    ],
    [
      'a header longer than the file',
      safetensorsFile('{}', 0, 3n),
      'expected a header of 3 bytes, got 2 bytes in all',
    ],
    ['no header', safetensorsFile('', 4), 'expected the header to begin with {, got no header'],
    [
      'blanks before the header',
      safetensorsFile(' {}', 0),
      'expected the header to begin with {, got byte 32',
    ],
    [
      'a byte order mark',
      safetensorsFile('\ufeff{}', 0),
      'expected the header to begin with {, got byte 239',
    ],
    [
      'a list instead of a header',
      safetensorsFile('[]', 0),
      'expected the header to begin with {, got byte 91',
    ],
    ['no JSON', safetensorsFile('{"W1":', 0), 'expected a header of JSON in UTF-8, got something else'],
    [
      'no UTF-8',
      // {"\xff":7}
      Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x37, 0x7d),
      'expected a header of JSON in UTF-8, got something else',
    ],
    [
      'a duplicate name',
      safetensorsFile(
        `{"W1":${JSON.stringify(tensorEntry([1], [0, 4]))},"\\u00571":${JSON.stringify(tensorEntry([1], [0, 4]))}}`,
        4,
      ),
      'expected a header with every name once, got W1 twice',
    ],
    [
      'a duplicate dtype',
      safetensorsFile('{"W1":{"dtype":"F64","shape":[1],"data_offsets":[0,4],"dtype":"F32"}}', 4),
      'expected a header with every name once, got dtype twice',
    ],
    [
      'duplicate metadata',
      safetensorsFile('{"__metadata__":{"a":"b"},"__metadata__":{}}', 0),
      'expected a header with every name once, got __metadata__ twice',
    ],
    [
      'a duplicate key of the metadata',
      safetensorsFile('{"__metadata__":{"a\\"{,":"b","a\\"{,":"c"}}', 0),
      'expected a header with every name once, got "a\\"{," twice',
    ],
    [
      'deeply nested lists',
      safetensorsFile(`{"W1":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 0),
      'expected a header with at most 3 levels, got more',
    ],
    [
      'a name with control characters',
      safetensorsFile('{"\\u001b[2J":7}', 0),
      'expected tensor "\\u001b[2J" to be an object, got 7',
    ],
    [
      'a very long name',
      safetensorsFile(JSON.stringify({ ['W'.repeat(1000)]: 7 }), 0),
      `expected tensor ${'W'.repeat(80)}… to be an object, got 7`,
    ],
    [
      'metadata that is not an object',
      safetensorsFile('{"__metadata__":["a"]}', 0),
      'expected __metadata__ to be an object of strings, got ["a"]',
    ],
    [
      'metadata that is null',
      safetensorsFile('{"__metadata__":null}', 0),
      'expected __metadata__ to be an object of strings, got null',
    ],
    [
      'metadata that is not a string',
      safetensorsFile('{"__metadata__":{"seed":42}}', 0),
      'expected __metadata__.seed to be a string, got 42',
    ],
    ['a tensor that is not an object', tensorFile(7, 0), 'expected tensor W1 to be an object, got 7'],
    ['a tensor that is null', tensorFile(null, 0), 'expected tensor W1 to be an object, got null'],
    [
      'no dtype',
      tensorFile({ shape: [1], data_offsets: [0, 4] }, 4),
      'expected tensor W1 to have dtype F32, F16, BF16 or F64, got undefined',
    ],
    [
      'no shape',
      tensorFile({ dtype: 'F32', data_offsets: [0, 4] }, 4),
      'expected tensor W1 to have a shape of whole numbers, got undefined',
    ],
    [
      'a shape that is a number',
      tensorFile(tensorEntry(1, [0, 4]), 4),
      'expected tensor W1 to have a shape of whole numbers, got 1',
    ],
    [
      'a negative size',
      tensorFile(tensorEntry([-1], [0, 4]), 4),
      'expected tensor W1 to have a shape of whole numbers, got [-1]',
    ],
    [
      'a fractional size',
      tensorFile(tensorEntry([0.5], [0, 2]), 2),
      'expected tensor W1 to have a shape of whole numbers, got [0.5]',
    ],
    [
      'a size of −0',
      safetensorsFile('{"W1":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}', 0),
      'expected tensor W1 to have a shape of whole numbers, got [0]',
    ],
    [
      'a size that exceeds float64’s exact integers',
      safetensorsFile('{"W1":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}', 4),
      'expected tensor W1 to have a shape of whole numbers, got [18446744073709552000]',
    ],
    [
      'a shape of strings',
      tensorFile(tensorEntry(['1'], [0, 4]), 4),
      'expected tensor W1 to have a shape of whole numbers, got ["1"]',
    ],
    [
      'a byte count that overflows',
      tensorFile(tensorEntry([2 ** 40, 2 ** 40], [0, 4]), 4),
      'expected tensor W1 to have a size that can be counted, got shape [1099511627776, 1099511627776]',
    ],
    [
      'no data_offsets',
      tensorFile({ dtype: 'F32', shape: [1] }, 4),
      'expected tensor W1 to have two data_offsets in ascending order, got undefined',
    ],
    [
      'one data offset',
      tensorFile(tensorEntry([1], [4]), 4),
      'expected tensor W1 to have two data_offsets in ascending order, got [4]',
    ],
    [
      'three data offsets',
      tensorFile(tensorEntry([1], [0, 4, 8]), 8),
      'expected tensor W1 to have two data_offsets in ascending order, got [0,4,8]',
    ],
    [
      'data offsets in descending order',
      tensorFile(tensorEntry([1], [4, 0]), 4),
      'expected tensor W1 to have two data_offsets in ascending order, got [4,0]',
    ],
    [
      'a negative data offset',
      tensorFile(tensorEntry([2], [-4, 4]), 4),
      'expected tensor W1 to have two data_offsets in ascending order, got [-4,4]',
    ],
    [
      'too few bytes for the shape',
      tensorFile(tensorEntry([2, 3], [0, 20]), 20),
      'expected tensor W1 of shape [2, 3] to take 24 bytes, got 20',
    ],
    [
      'a hole at the beginning',
      tensorFile(tensorEntry([1], [4, 8]), 8),
      'tensor W1 leaves a hole before it: expected to begin at byte 0, got 4',
    ],
    [
      'a hole between two tensors',
      safetensorsFile(JSON.stringify({ W1: tensorEntry([1], [0, 4]), b1: tensorEntry([1], [8, 12]) }), 12),
      'tensor b1 leaves a hole before it: expected to begin at byte 4, got 8',
    ],
    [
      'an overlap',
      safetensorsFile(JSON.stringify({ W1: tensorEntry([2], [0, 8]), b1: tensorEntry([2], [4, 12]) }), 12),
      'tensor b1 overlaps the tensor before it: expected to begin at byte 8, got 4',
    ],
    [
      'two tensors in the same place',
      safetensorsFile(JSON.stringify({ W1: tensorEntry([1], [0, 4]), b1: tensorEntry([1], [0, 4]) }), 4),
      'tensor b1 overlaps the tensor before it: expected to begin at byte 4, got 0',
    ],
    [
      'a truncated file',
      tensorFile(tensorEntry([2], [0, 8]), 7),
      'expected 8 bytes of tensors after the header, got 7',
    ],
    [
      'bytes that belong to no tensor',
      tensorFile(tensorEntry([2], [0, 8]), 9),
      'expected 8 bytes of tensors after the header, got 9',
    ],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => decodeSafetensors(bytes)).toThrow(new SafetensorsError(sentence.replaceAll('’', "'")));
  });

  test('calls a file with a tensor of another type, or an F64 value beyond float32, whole', () => {
    const counter = tensorFile(tensorEntry([], [0, 8], 'I64'), 8);
    expect(() => decodeSafetensors(counter)).toThrow(
      new SafetensorsError('expected tensor W1 to have dtype F32, F16, BF16 or F64, got "I64"', {
        failure: 'unsupported',
      }),
    );
    const large = tensorFile(tensorEntry([2], [0, 16], 'F64'), 16);
    new DataView(large.buffer).setFloat64(large.length - 8, -1e39, true);
    expect(() => decodeSafetensors(large)).toThrow(
      new SafetensorsError('expected tensor W1 to have numbers that float32 can hold, got -1e+39', {
        failure: 'unsupported',
      }),
    );
  });

  test('keeps the cause if the header is not JSON', () => {
    expect(() => decodeSafetensors(safetensorsFile('{"W1":', 0))).toThrow(
      expect.objectContaining({ code: 'SAFETENSORS', cause: expect.any(SyntaxError) }),
    );
  });
});
