import { modelFile, workedExample } from '@micronn/fixtures';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNetwork } from '../initialize.ts';
import type { Network } from '../parameters.ts';
import { ShapeError } from '../shapes.ts';
import { decodeOnnx, encodeOnnx, OnnxError, type OnnxModel, pixelScales } from './onnx.ts';

const { W1, b1, W2, b2 } = workedExample.before;
const example: Network = {
  layers: [3, 2, 2],
  parameters: Float64Array.from([W1, b1, W2, b2].flat(), Math.fround),
};
const metadata = { source: 'the worked example' };
const valid = encodeOnnx({ network: example, scale: 'inside', metadata });

const anyText = fc.string({ unit: 'grapheme', maxLength: 20 });
const anyModel: fc.Arbitrary<OnnxModel> = fc.record({
  network: fc
    .tuple(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 }), fc.nat())
    .map(([layers, seed]) => createNetwork(layers, { seed })),
  scale: fc.constantFrom(...pixelScales),
  metadata: fc.dictionary(
    fc.oneof(anyText, fc.constantFrom('1', '__proto__')).filter((key) => key !== 'scale'),
    anyText,
  ),
});

/** The bytes of a file, with one text replaced by another of the same length. */
function replaced(bytes: Uint8Array, text: string, other: string): Uint8Array {
  return bytesOf(latin1(bytes).replace(text, other));
}

describe('encodeOnnx', () => {
  test.each(pixelScales)('writes the same bytes as the package onnx: scale %s', (scale) => {
    const bytes = encodeOnnx({ network: example, scale, metadata });
    expect(bytes).toEqual(modelFile(`${scale}.onnx`));
  });

  test('ignores a scale in the metadata', () => {
    const bytes = encodeOnnx({
      network: example,
      scale: 'inside',
      metadata: { scale: 'outside', ...metadata },
    });
    expect(bytes).toEqual(valid);
  });

  test('refuses parameters of other layers, and an unknown scale', () => {
    const network = { layers: [3, 3, 2], parameters: example.parameters };
    expect(() => encodeOnnx({ network, scale: 'inside', metadata })).toThrow(
      new ShapeError('encodeOnnx: parameters must have 20 values for layers 3-3-2, got 14'),
    );
    expect(() => encodeOnnx({ network: example, scale: 'both' as 'inside', metadata })).toThrow(
      new ShapeError('encodeOnnx: scale must be one of inside, outside, got both'),
    );
  });
});

describe('decodeOnnx', () => {
  test('reads back every bit that encodeOnnx wrote, for networks of any depth', () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        const decoded = decodeOnnx(encodeOnnx(model));
        expect(decoded.network).toEqual(model.network);
        expect(decoded.scale).toBe(model.scale);
        expect(new Map(Object.entries(decoded.metadata))).toEqual(new Map(Object.entries(model.metadata)));
      }),
    );
  });

  test('keeps a byte-order mark in a text, and reads a part of a larger buffer', () => {
    const model = { network: example, scale: 'outside', metadata: { '\ufeffmark': '\ufefftext' } } as const;
    const bytes = encodeOnnx(model);
    const larger = new Uint8Array(bytes.length + 6).fill(0xff);
    larger.set(bytes, 3);
    expect(decodeOnnx(larger.subarray(3, 3 + bytes.length))).toEqual(model);
  });

  const somethingElse = 'expected an ONNX model, got something else, or one that is cut off';
  const noScale = 'expected a model of MicroNN, whose metadata has a scale, inside or outside, found none';
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), noScale],
    ['text', new TextEncoder().encode('{"W1":1}'), somethingElse],
    ['a truncated end', valid.subarray(0, -1), somethingElse],
    ['a truncated beginning', valid.subarray(1), somethingElse],
    ['a number instead of the graph', Uint8Array.of(7 << 3, 1), noScale],
    ['an endless number', new Uint8Array(20).fill(0xff), somethingElse],
    ['a message longer than the file', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f), somethingElse],
    ['another program’s metadata', replaced(valid, 'scale', 'SCALE'), noScale],
    ['another scale', replaced(valid, 'inside', 'beside'), noScale],
    [
      'another scale than the graph’s',
      modelFileWith('outside', 'inside'),
      'expected a model as MicroNN writes it, got one that differs from byte 12 on',
    ],
    [
      'another operator',
      replaced(valid, 'Relu', 'Tanh'),
      'expected a model as MicroNN writes it, got one that differs from byte 91 on',
    ],
    [
      'bytes behind its end',
      Uint8Array.of(...valid, 0x32, 0),
      'expected a model as MicroNN writes it, got one that differs from byte 532 on',
    ],
    [
      'no weights',
      replaced(valid, 'W1J', 'V1J'),
      'expected weights W1, W2, …, each a matrix (outputs, inputs), found others or none',
    ],
    ['no bias', replaced(valid, 'b1J', 'c1J'), 'expected tensor b1 of 8 bytes, got 0'],
    [
      'weights that claim more than they have',
      replaced(valid, '\x08\x02\x08\x03', '\x08\x7f\x08\x7f'),
      'expected tensor W1 of 64516 bytes, got 24',
    ],
    [
      'an empty layer',
      replaced(valid, '\x08\x02\x08\x03', '\x08\x02\x08\x00'),
      'expected weights W1, W2, …, each a matrix (outputs, inputs), found others or none',
    ],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => decodeOnnx(bytes)).toThrow(new OnnxError(sentence));
  });

  test('throws only OnnxError, for any bytes', () => {
    const place = fc.nat(valid.length - 1);
    const changed = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
      const bytes = valid.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          decodeOnnx(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(OnnxError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** The model of one scale with the metadata of the other. */
function modelFileWith(graph: 'inside' | 'outside', named: string): Uint8Array {
  const text = latin1(modelFile(`${graph}.onnx`));
  const entry = (scale: string) => `\x05scale\x12${String.fromCharCode(scale.length)}${scale}`;
  const outer = (scale: string) => `${String.fromCharCode(entry(scale).length + 1)}\x0a${entry(scale)}`;
  return bytesOf(text.replace(outer(graph), outer(named)));
}

/** One character per byte. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
