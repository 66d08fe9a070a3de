import { modelFile, workedExample } from '@micronn/fixtures';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safetensorsFile, tensorEntry } from '../../test/safetensors-file.ts';
import { createNetwork } from '../initialize.ts';
import { tensorPlaces } from '../parameters.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  SafetensorsError,
  type Tensor,
} from './safetensors.ts';

// Names that JSON does not escape: V8's JSON.parse may confuse an escaped key with an earlier one
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

  test('writes a header that begins with {, ends in blanks and has a length that is a multiple of 8', () => {
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

  test('refuses a tensor with the name of the metadata', () => {
    const tensors = new Map([['__metadata__', { shape: [0], values: new Float32Array(0) }]]);
    expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow(
      new SafetensorsError('expected another name for a tensor than the reserved __metadata__'),
    );
  });
});

describe('decodeSafetensors', () => {
  test('reads back names, shapes, every bit of the values, and metadata', () => {
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

  test('reads back a network’s tensors in canonical order', () => {
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

  test('returns tensors in the order of their bytes, also with numeric names', () => {
    const tensors = new Map(
      ['b', '2', 'a', '1'].map((name) => [name, { shape: [1], values: Float32Array.of(3) }]),
    );
    const decoded = decodeSafetensors(encodeSafetensors({ tensors, metadata: {} }));
    expect([...decoded.tensors.keys()]).toEqual(['b', '2', 'a', '1']);
  });

  test('reads a subarray of a larger buffer at any offset', () => {
    const tensors = new Map([['b1', { shape: [2], values: Float32Array.of(1.5, -0) }]]);
    const bytes = encodeSafetensors({ tensors, metadata: {} });
    const larger = new Uint8Array(bytes.length + 6).fill(0xff);
    larger.set(bytes, 3);
    const decoded = decodeSafetensors(larger.subarray(3, 3 + bytes.length));
    expect([...decoded.tensors]).toEqual([...tensors]);
  });

  test('reads a header in any order, without metadata, with trailing blanks, and with empty tensors', () => {
    const header = JSON.stringify({
      b: tensorEntry([1], [4, 8]),
      a: tensorEntry([], [0, 4]),
      none: tensorEntry([0, 7], [4, 4]),
    });
    const { tensors, metadata } = decodeSafetensors(safetensorsFile(`${header}  `, 8));
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
    expect(decodeSafetensors(safetensorsFile('{}', 0))).toEqual({ tensors: new Map(), metadata: {} });
  });

  test('of damaged files, accepts only those it can write again, and otherwise throws SafetensorsError', () => {
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
      fc.json().map((json) => safetensorsFile(json, 4)),
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
        .map((header) => safetensorsFile(JSON.stringify(header), 8)),
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
