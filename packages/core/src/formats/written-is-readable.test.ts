import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parameterCount } from '../parameters.ts';
import { ModelJsonError, parseModel, stringifyModel } from './model-json.ts';
import { decodeOnnx, encodeOnnx, OnnxError } from './onnx.ts';
import { decodeSafetensors, encodeSafetensors, SafetensorsError } from './safetensors.ts';

/** What each encoder accepts, its decoder reads back; what the decoder would refuse or change, the encoder refuses. */

const network = { layers: [2, 1, 2], parameters: Float64Array.of(0.5, -0.25, 0, 1, -3, 2, 4) };

const formats = {
  safetensors: {
    Failure: SafetensorsError,
    name: '__metadata__',
    again: (metadata: Record<string, string>) =>
      decodeSafetensors(encodeSafetensors({ tensors: new Map(), metadata })).metadata,
  },
  JSON: {
    Failure: ModelJsonError,
    name: 'metadata',
    again: (metadata: Record<string, string>) => parseModel(stringifyModel({ network, metadata })).metadata,
  },
  ONNX: {
    Failure: OnnxError,
    name: 'metadata',
    again: (metadata: Record<string, string>) =>
      decodeOnnx(encodeOnnx({ network, scale: 'inside', metadata })).metadata,
  },
};

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', '\udc00', '\ud83d\ude00', '\0', '"', '\\', '\ufeff', '\u2028'),
);
// JSON does not escape these keys: V8's JSON.parse may confuse an escaped key with an earlier one (nodejs/node#63785).
const anyKey = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('1', '', '__proto__', 'constructor', 'toJSON'))
  .filter((key) => key !== 'scale' && JSON.stringify(key) === `"${key}"`);
const anyValue = fc.oneof({ weight: 6, arbitrary: anyText }, fc.anything());

const anyMetadata = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.tuple(anyKey, anyValue), { maxLength: 4 }).map(Object.fromEntries) },
  fc.anything({ withMap: true, withDate: true, withSet: true }),
  fc.constantFrom(
    { toJSON: () => ({ a: 1 }) },
    new (class Named {
      a = 'text';
      toJSON = undefined;
    })(),
  ),
);

describe.each(Object.entries(formats))('%s', (_, { Failure, name, again }) => {
  test('metadata is read back as it was written, or is refused on writing', () => {
    fc.assert(
      fc.property(anyMetadata, (given: unknown) => {
        const metadata = given as Record<string, string>;
        let read: Record<string, string>;
        try {
          read = again(metadata);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        expect(new Map(Object.entries(read))).toEqual(new Map(Object.entries(metadata)));
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[string, unknown, string]>([
    ['a number', { seed: 42 }, '.seed to be a string, got 42'],
    ['nothing under a key', { seed: undefined }, '.seed to be a string, got undefined'],
    ['an object', { 'two words': {} }, '."two words" to be a string, got {}'],
    ['no metadata', undefined, ' to be an object of strings, got undefined'],
    ['a list', ['seed'], ' to be an object of strings, got ["seed"]'],
    ['a Map, whose entries would be lost', new Map([['seed', '42']]), ' to be an object of strings, got {}'],
  ])('refuses as metadata: %s', (_what, metadata, end) => {
    expect(() => again(metadata as Record<string, string>)).toThrow(new Failure(`expected ${name}${end}`));
  });

  test('keeps the key __proto__, and ignores a class’s toJSON', () => {
    const metadata = Object.fromEntries([['__proto__', 'text']]);
    expect(Object.entries(again(metadata))).toEqual([['__proto__', 'text']]);
    class Changing {
      seed = '42';
      toJSON(): object {
        return { seed: 42 };
      }
    }
    expect({ ...again(new Changing() as unknown as Record<string, string>) }).toEqual({ seed: '42' });
  });
});

describe('parameters that float32 cannot hold', () => {
  const writers = {
    JSON: (parameters: Float64Array) => stringifyModel({ network: { ...network, parameters }, metadata: {} }),
    ONNX: (parameters: Float64Array) =>
      encodeOnnx({ network: { ...network, parameters }, scale: 'inside', metadata: {} }),
  };
  const places = ['W1[0][0]', 'W1[0][1]', 'b1[0]', 'W2[0][0]', 'W2[1][0]', 'b2[0]', 'b2[1]'];

  test.each(Object.entries(writers))('%s names the first one', (format, write) => {
    const Failure = format === 'JSON' ? ModelJsonError : OnnxError;
    expect(places).toHaveLength(parameterCount(network.layers));
    for (const value of [Number.NaN, Infinity, -Infinity, 1e300, -1e39]) {
      for (const [k, place] of places.entries()) {
        const parameters = network.parameters.with(k, value);
        parameters[6] = value;
        expect(() => write(parameters)).toThrow(
          new Failure(`expected ${place} to be a number that float32 can hold, got ${value}`),
        );
      }
    }
    // The largest float32, and a float64 that rounds to it.
    expect(() => write(network.parameters.with(0, 3.4028234663852886e38))).not.toThrow();
    expect(() => write(network.parameters.with(0, 3.4028235e38))).not.toThrow();
  });

  test('any float64 is read back as its float32, or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 7, maxLength: 7 }), (values) => {
        const parameters = Float64Array.from(values);
        const isRefused = values.some((value) => !Number.isFinite(Math.fround(value)));
        const expected = Array.from(parameters, Math.fround);
        if (isRefused) {
          expect(() => writers.JSON(parameters)).toThrow(ModelJsonError);
          expect(() => writers.ONNX(parameters)).toThrow(OnnxError);
        } else {
          expect([...parseModel(writers.JSON(parameters)).network.parameters]).toEqual(expected);
          expect([...decodeOnnx(writers.ONNX(parameters)).network.parameters]).toEqual(expected);
        }
      }),
    );
  });

  test('decodeOnnx refuses them too', () => {
    const bytes = encodeOnnx({ network, scale: 'outside', metadata: {} });
    const half = [0x00, 0x00, 0x00, 0x3f];
    const at = bytes.findIndex((_, k) => half.every((byte, j) => bytes[k + j] === byte));
    bytes.set([0x00, 0x00, 0x80, 0x7f], at);
    expect(() => decodeOnnx(bytes)).toThrow(
      new OnnxError('expected W1[0][0] to be a number that float32 can hold, got Infinity'),
    );
  });

  test('a tensor of float64 values is refused', () => {
    const values = Float64Array.of(1e300) as unknown as Float32Array;
    const tensors = new Map([['W1', { shape: [1], values }]]);
    expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow(
      new SafetensorsError('expected tensor W1 to have its values in a Float32Array'),
    );
  });
});

test('encodeSafetensors refuses a shape with a hole', () => {
  const shape = Array<number>(2);
  shape[1] = 1;
  const tensors = new Map([['W1', { shape, values: new Float32Array(1) }]]);
  expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow(SafetensorsError);
});

test('encodeSafetensors refuses a header that is larger than the format allows', () => {
  const metadata = { text: 'x'.repeat(100_000_000) };
  expect(() => encodeSafetensors({ tensors: new Map(), metadata })).toThrow(
    new SafetensorsError('expected a header of at most 100000000 bytes, got 100000032'),
  );
});

test('stringifyModel writes layers from a typed array as a list', () => {
  const layers = Uint16Array.from(network.layers) as unknown as number[];
  const text = stringifyModel({ network: { ...network, layers }, metadata: {} });
  expect(parseModel(text).network).toEqual(network);
});
