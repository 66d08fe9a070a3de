import { modelFile, workedExample } from '@micronn/fixtures';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNetwork } from '../initialize.ts';
import { tensorPlaces } from '../parameters.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  SafetensorsError,
  type Tensor,
} from './safetensors.ts';

const LIMIT = 100_000_000;

/** A file of any header and any bytes after it. */
function file(header: string, dataLength: number, headerLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function tensorFile(entry: unknown, dataLength: number): Uint8Array {
  return file(JSON.stringify({ W1: entry }), dataLength);
}

const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: offsets,
});

// Names that JSON writes as they are: V8's JSON.parse may mistake an escaped key for another it has seen before
// (nodejs/node#63785).
const anyName = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('1', '0', '__proto__', 'constructor', ''))
  .filter((name) => name !== '__metadata__' && JSON.stringify(name) === `"${name}"`);

const anyTensor: fc.Arbitrary<Tensor> = fc
  .array(fc.nat(3), { maxLength: 3 })
  .chain((shape) =>
    fc
      .array(fc.float(), { minLength: product(shape), maxLength: product(shape) })
      .map((values) => ({ shape, values: Float32Array.from(values) })),
  );

const anyTensors = fc
  .uniqueArray(fc.tuple(anyName, anyTensor), { maxLength: 5, selector: ([name]) => name })
  .map((entries) => new Map(entries));

const anyMetadata = fc
  .uniqueArray(fc.tuple(anyName, fc.string({ unit: 'binary' })), { maxLength: 3, selector: ([key]) => key })
  .map((entries) => Object.fromEntries(entries));

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

describe('encodeSafetensors', () => {
  test('writes these bytes: length, header padded to a multiple of 8, little-endian float32', () => {
    const bytes = encodeSafetensors({
      tensors: new Map([
        ['W1', { shape: [1, 2], values: Float32Array.of(1, -2) }],
        ['b1', { shape: [1], values: Float32Array.of(0.1) }],
      ]),
      metadata: { seed: '42' },
    });
    const header =
      '{"__metadata__":{"seed":"42"},"W1":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
      '"b1":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
    expect(header.length).toBe(141);
    expect([...bytes]).toEqual([
      ...Uint8Array.of(144, 0, 0, 0, 0, 0, 0, 0),
      ...new TextEncoder().encode(`${header}   `),
      ...Uint8Array.of(0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0, 0xcd, 0xcc, 0xcc, 0x3d),
    ]);
  });

  test('keeps to what the format asks of a file: a header that begins with {, metadata of texts, data at 8', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const bytes = encodeSafetensors({ tensors, metadata });
        const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        const header = new TextDecoder().decode(bytes.subarray(8, 8 + headerLength));
        expect(headerLength % 8).toBe(0);
        expect(header).toMatch(/^\{.*\} *$/su);
        const length = [...tensors.values()].reduce((sum, { values }) => sum + 4 * values.length, 0);
        expect(bytes.length).toBe(8 + headerLength + length);
      }),
    );
  });

  test.each([
    [[2, 2], 3, '[2, 2], got 3'],
    [[], 0, '[], got 0'],
    [[-1, -3], 3, '[-1, -3], got 3'],
    [[1.5, 2], 3, '[1.5, 2], got 3'],
  ])('refuses shape %j for %d values', (shape, length, end) => {
    const tensors = new Map([['W1', { shape, values: new Float32Array(length) }]]);
    expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow(
      new SafetensorsError(`expected tensor W1 to have a value for each element of shape ${end}`),
    );
  });

  test('refuses a tensor under the name of the metadata', () => {
    const tensors = new Map([['__metadata__', { shape: [0], values: new Float32Array(0) }]]);
    expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow(
      new SafetensorsError('no tensor can be called __metadata__'),
    );
  });
});

describe('decodeSafetensors', () => {
  test('gives back what encodeSafetensors was given: names, shapes, every bit of the values, metadata', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const decoded = decodeSafetensors(encodeSafetensors({ tensors, metadata }));
        expect(decoded.tensors.size).toBe(tensors.size);
        for (const [name, { shape, values }] of tensors) {
          expect(decoded.tensors.get(name)!.shape).toEqual(shape);
          expect([...decoded.tensors.get(name)!.values]).toEqual([...values]);
        }
        expect(new Map(Object.entries(decoded.metadata))).toEqual(new Map(Object.entries(metadata)));
      }),
      { numRuns: 300 },
    );
  });

  test('gives back a network’s tensors in canonical order', () => {
    const { layers, parameters } = createNetwork([4, 3, 2], { seed: 1 });
    const tensors = new Map(
      tensorPlaces(layers).map(({ name, shape, offset, length }) => [
        name,
        { shape, values: Float32Array.from(parameters.subarray(offset, offset + length)) },
      ]),
    );
    const decoded = decodeSafetensors(encodeSafetensors({ tensors, metadata: { layers: '4-3-2' } }));
    expect([...decoded.tensors]).toEqual([...tensors]);
    expect(decoded.metadata).toEqual({ layers: '4-3-2' });
  });

  test('gives tensors in the order of their bytes, even where names are numbers', () => {
    const tensors = new Map(
      ['b', '2', 'a', '1'].map((name) => [name, { shape: [1], values: Float32Array.of(3) }]),
    );
    const decoded = decodeSafetensors(encodeSafetensors({ tensors, metadata: {} }));
    expect([...decoded.tensors.keys()]).toEqual(['b', '2', 'a', '1']);
  });

  test('reads a part of a larger buffer, wherever it begins', () => {
    const tensors = new Map([['b1', { shape: [2], values: Float32Array.of(1.5, -0) }]]);
    const bytes = encodeSafetensors({ tensors, metadata: {} });
    const larger = new Uint8Array(bytes.length + 6).fill(0xff);
    larger.set(bytes, 3);
    const decoded = decodeSafetensors(larger.subarray(3, 3 + bytes.length));
    expect([...decoded.tensors]).toEqual([...tensors]);
  });

  test('reads a header in any order, without metadata, with blanks at its end, and empty tensors', () => {
    const header = JSON.stringify({
      b: entry([1], [4, 8]),
      a: entry([], [0, 4]),
      none: entry([0, 7], [4, 4]),
    });
    const { tensors, metadata } = decodeSafetensors(file(`${header}  `, 8));
    expect([...tensors.keys()]).toEqual(['a', 'none', 'b']);
    expect(tensors.get('none')).toEqual({ shape: [0, 7], values: new Float32Array(0) });
    expect(metadata).toEqual({});
  });

  test('reads what the Python package safetensors writes', () => {
    const { tensors, metadata } = decodeSafetensors(modelFile('model.safetensors'));
    const { W1, b1, W2, b2 } = workedExample.before;
    expect(Object.fromEntries(tensors)).toEqual({
      W1: { shape: [2, 3], values: Float32Array.from(W1) },
      b1: { shape: [2], values: Float32Array.from(b1) },
      W2: { shape: [2, 2], values: Float32Array.from(W2) },
      b2: { shape: [2], values: Float32Array.from(b2) },
    });
    expect(metadata).toEqual({ source: 'the worked example' });
  });

  test('reads a file without tensors', () => {
    expect(decodeSafetensors(file('{}', 0))).toEqual({ tensors: new Map(), metadata: {} });
  });

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'expected at least 8 bytes for the header’s length, got 0'],
    ['7 bytes', new Uint8Array(7), 'expected at least 8 bytes for the header’s length, got 7'],
    [
      'a header above the format’s limit',
      file('{}', 0, BigInt(LIMIT + 1)),
      `expected a header of at most ${LIMIT} bytes, got ${LIMIT + 1}`,
    ],
    [
      'a header of exactly the limit that is not there',
      file('{}', 0, BigInt(LIMIT)),
      `expected a header of ${LIMIT} bytes, got 2 bytes in all`,
    ],
    [
      'a length with its highest bit set',
      file('{}', 0, 2n ** 63n),
      `expected a header of at most ${LIMIT} bytes, got 9223372036854775808`,
    ],
    ['a header longer than the file', file('{}', 0, 3n), 'expected a header of 3 bytes, got 2 bytes in all'],
    ['no header', file('', 4), 'expected the header to begin with {, got no header'],
    ['blanks before the header', file(' {}', 0), 'expected the header to begin with {, got byte 32'],
    ['a byte order mark', file('\ufeff{}', 0), 'expected the header to begin with {, got byte 239'],
    ['a list for a header', file('[]', 0), 'expected the header to begin with {, got byte 91'],
    ['no JSON', file('{"W1":', 0), 'expected a header of JSON in UTF-8, got something else'],
    [
      'no UTF-8',
      // {"\xff":7}
      Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x37, 0x7d),
      'expected a header of JSON in UTF-8, got something else',
    ],
    [
      'a name that stands twice',
      file(
        `{"W1":${JSON.stringify(entry([1], [0, 4]))},"\\u00571":${JSON.stringify(entry([1], [0, 4]))}}`,
        4,
      ),
      'expected a header with every name once, got W1 twice',
    ],
    [
      'a dtype that stands twice',
      file('{"W1":{"dtype":"F64","shape":[1],"data_offsets":[0,4],"dtype":"F32"}}', 4),
      'expected a header with every name once, got dtype twice',
    ],
    [
      'metadata that stands twice',
      file('{"__metadata__":{"a":"b"},"__metadata__":{}}', 0),
      'expected a header with every name once, got __metadata__ twice',
    ],
    [
      'a key of the metadata that stands twice',
      file('{"__metadata__":{"a\\"{,":"b","a\\"{,":"c"}}', 0),
      'expected a header with every name once, got "a\\"{," twice',
    ],
    [
      'lists in lists without end',
      file(`{"W1":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 0),
      'expected a header with at most 3 levels, got more',
    ],
    [
      'a name that would write to the terminal',
      file('{"\\u001b[2J":7}', 0),
      'expected tensor "\\u001b[2J" to be an object, got 7',
    ],
    [
      'a name without end',
      file(JSON.stringify({ ['W'.repeat(1000)]: 7 }), 0),
      `expected tensor ${'W'.repeat(80)}… to be an object, got 7`,
    ],
    [
      'metadata that is no object',
      file('{"__metadata__":["a"]}', 0),
      'expected __metadata__ to be an object of strings, got ["a"]',
    ],
    [
      'metadata that is null',
      file('{"__metadata__":null}', 0),
      'expected __metadata__ to be an object of strings, got null',
    ],
    [
      'metadata that is no string',
      file('{"__metadata__":{"seed":42}}', 0),
      'expected __metadata__.seed to be a string, got 42',
    ],
    ['a tensor that is no object', tensorFile(7, 0), 'expected tensor W1 to be an object, got 7'],
    ['a tensor that is null', tensorFile(null, 0), 'expected tensor W1 to be an object, got null'],
    [
      'another dtype',
      tensorFile(entry([1], [0, 8], 'F64'), 8),
      'expected tensor W1 to have dtype F32, got "F64"',
    ],
    [
      'no dtype',
      tensorFile({ shape: [1], data_offsets: [0, 4] }, 4),
      'expected tensor W1 to have dtype F32, got undefined',
    ],
    [
      'no shape',
      tensorFile({ dtype: 'F32', data_offsets: [0, 4] }, 4),
      'expected tensor W1 to have a shape of whole numbers, got undefined',
    ],
    [
      'a shape that is a number',
      tensorFile(entry(1, [0, 4]), 4),
      'expected tensor W1 to have a shape of whole numbers, got 1',
    ],
    [
      'a negative size',
      tensorFile(entry([-1], [0, 4]), 4),
      'expected tensor W1 to have a shape of whole numbers, got [-1]',
    ],
    [
      'half a size',
      tensorFile(entry([0.5], [0, 2]), 2),
      'expected tensor W1 to have a shape of whole numbers, got [0.5]',
    ],
    [
      'a size of minus nothing',
      file('{"W1":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}', 0),
      'expected tensor W1 to have a shape of whole numbers, got [0]',
    ],
    [
      'a size that no number holds',
      file('{"W1":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}', 4),
      'expected tensor W1 to have a shape of whole numbers, got [18446744073709552000]',
    ],
    [
      'a shape of texts',
      tensorFile(entry(['1'], [0, 4]), 4),
      'expected tensor W1 to have a shape of whole numbers, got ["1"]',
    ],
    [
      'a size beyond counting',
      tensorFile(entry([2 ** 40, 2 ** 40], [0, 4]), 4),
      'expected tensor W1 to have a size that can be counted, got shape [1099511627776, 1099511627776]',
    ],
    [
      'no data_offsets',
      tensorFile({ dtype: 'F32', shape: [1] }, 4),
      'expected tensor W1 to have two data_offsets in ascending order, got undefined',
    ],
    [
      'one data offset',
      tensorFile(entry([1], [4]), 4),
      'expected tensor W1 to have two data_offsets in ascending order, got [4]',
    ],
    [
      'three data offsets',
      tensorFile(entry([1], [0, 4, 8]), 8),
      'expected tensor W1 to have two data_offsets in ascending order, got [0,4,8]',
    ],
    [
      'data offsets that go back',
      tensorFile(entry([1], [4, 0]), 4),
      'expected tensor W1 to have two data_offsets in ascending order, got [4,0]',
    ],
    [
      'a negative data offset',
      tensorFile(entry([2], [-4, 4]), 4),
      'expected tensor W1 to have two data_offsets in ascending order, got [-4,4]',
    ],
    [
      'too few bytes for the shape',
      tensorFile(entry([2, 3], [0, 20]), 20),
      'expected tensor W1 of shape [2, 3] to take 24 bytes, got 20',
    ],
    [
      'a hole at the beginning',
      tensorFile(entry([1], [4, 8]), 8),
      'tensor W1 leaves a hole before it: expected to begin at byte 0, got 4',
    ],
    [
      'a hole between two tensors',
      file(JSON.stringify({ W1: entry([1], [0, 4]), b1: entry([1], [8, 12]) }), 12),
      'tensor b1 leaves a hole before it: expected to begin at byte 4, got 8',
    ],
    [
      'an overlap',
      file(JSON.stringify({ W1: entry([2], [0, 8]), b1: entry([2], [4, 12]) }), 12),
      'tensor b1 overlaps the tensor before it: expected to begin at byte 8, got 4',
    ],
    [
      'two tensors in the same place',
      file(JSON.stringify({ W1: entry([1], [0, 4]), b1: entry([1], [0, 4]) }), 4),
      'tensor b1 overlaps the tensor before it: expected to begin at byte 4, got 0',
    ],
    [
      'an end that was cut off',
      tensorFile(entry([2], [0, 8]), 7),
      'expected 8 bytes of tensors after the header, got 7',
    ],
    [
      'bytes that belong to no tensor',
      tensorFile(entry([2], [0, 8]), 9),
      'expected 8 bytes of tensors after the header, got 9',
    ],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => decodeSafetensors(bytes)).toThrow(new SafetensorsError(sentence.replaceAll('’', "'")));
  });

  test('keeps the cause where the header is no JSON', () => {
    expect(() => decodeSafetensors(file('{"W1":', 0))).toThrow(
      expect.objectContaining({ code: 'SAFETENSORS', cause: expect.any(SyntaxError) }),
    );
  });

  test('accepts of wrong bytes only what it can write again, and throws nothing but its own error', () => {
    const valid = encodeSafetensors({
      tensors: new Map([
        ['W1', { shape: [1, 2], values: Float32Array.of(1, 2) }],
        ['b1', { shape: [1], values: Float32Array.of(3) }],
      ]),
      metadata: { seed: '1' },
    });
    const headerEnd = valid.length - 12;
    const place = fc.nat(valid.length - 1);
    const anyBytes = fc.oneof(
      fc.array(fc.tuple(fc.nat(headerEnd), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const bytes = valid.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      }),
      place.map((end) => valid.slice(0, end)),
      fc.uint8Array({ maxLength: 100 }),
      fc.json().map((json) => file(json, 4)),
      fc
        .dictionary(
          fc.constantFrom('W1', 'b1', '__metadata__'),
          fc.record(
            {
              dtype: fc.constantFrom('F32', 'F16', 7),
              shape: fc.oneof(fc.array(fc.oneof(fc.nat(3), fc.double())), fc.constant(null)),
              data_offsets: fc.oneof(fc.array(fc.nat(3).map((k) => 4 * k)), fc.jsonValue()),
            },
            { requiredKeys: [] },
          ),
        )
        .map((header) => file(JSON.stringify(header), 8)),
    );
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        let decoded: Safetensors;
        try {
          decoded = decodeSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
          expect((error as Error).message.length).toBeLessThan(400);
          return;
        }
        const length = [...decoded.tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
        expect(length * 4).toBeLessThan(bytes.length);
        expect(decodeSafetensors(encodeSafetensors(decoded))).toEqual(decoded);
      }),
      { numRuns: 3000 },
    );
  });
});
