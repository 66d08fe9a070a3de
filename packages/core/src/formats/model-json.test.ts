import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNetwork } from '../initialize.ts';
import { ShapeError } from '../shapes.ts';
import { type JsonModel, ModelJsonError, parseModel, stringifyModel } from './model-json.ts';

const model: JsonModel = {
  network: { layers: [2, 1, 2], parameters: Float64Array.of(0.5, Math.fround(0.1), -0, 1, -3, 1e-7, 2e30) },
  metadata: { source: 'a test' },
};
model.network.parameters.forEach((value, k, all) => {
  all[k] = Math.fround(value);
});
const text = `{
"format":"micronn",
"version":1,
"metadata":{"source":"a test"},
"layers":[2,1,2],
"parameters":{
"W1":[
[0.5,0.1]
],
"b1":[-0],
"W2":[
[1],
[-3]
],
"b2":[1e-7,2e+30]
}
}
`;

/** The text with one part replaced, which must occur in it. */
function changed(part: string, other: string): string {
  expect(text).toContain(part);
  return text.replace(part, other);
}

describe('stringifyModel', () => {
  test('writes one row per line, each number with as few digits as float32 needs', () => {
    expect(stringifyModel(model)).toBe(text);
  });

  test('refuses parameters of other layers, and numbers that JSON cannot represent', () => {
    const layers = [2, 2];
    expect(() =>
      stringifyModel({ network: { layers, parameters: new Float64Array(7) }, metadata: {} }),
    ).toThrow(new ShapeError('stringifyModel: parameters must have 6 values for layers 2-2, got 7'));
    for (const value of [Number.NaN, Infinity, -Infinity, 1e39]) {
      for (const [k, place] of ['W1[0][0]', 'W1[0][1]', 'W1[1][0]', 'W1[1][1]', 'b1[0]', 'b1[1]'].entries()) {
        const parameters = new Float64Array(6);
        parameters[k] = value;
        expect(() => stringifyModel({ network: { layers, parameters }, metadata: {} })).toThrow(
          new ModelJsonError(`expected ${place} to be a number that float32 can hold, got ${value}`),
        );
      }
    }
  });
});

describe('parseModel', () => {
  test('reads back every bit of any float32, and any metadata', () => {
    const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(values, fc.dictionary(fc.string(), fc.string()), (parameters, metadata) => {
        const network = { layers: [2, 2], parameters: Float64Array.from(parameters) };
        const parsed = parseModel(stringifyModel({ network, metadata }));
        expect(parsed.network).toEqual(network);
        expect(Object.entries(parsed.metadata)).toEqual(Object.entries(metadata));
      }),
      { numRuns: 500 },
    );
  });

  test('reads back a network of any depth', () => {
    const network = createNetwork([7, 5, 4, 3], { seed: 1 });
    expect(parseModel(stringifyModel({ network, metadata: {} })).network).toEqual(network);
  });

  test('accepts members in any order and blanks, and rounds numbers to the nearest float32', () => {
    const { network } = parseModel(
      '{"parameters":{"b1":[1,2],"W1":[[ 0.1 ],[1e-60]]},"layers":[1,2],"metadata":{},"version":1,"format":"micronn"}',
    );
    expect(network).toEqual({ layers: [1, 2], parameters: Float64Array.of(Math.fround(0.1), 0, 1, 2) });
  });

  test.each<[string, () => string, string]>([
    ['nothing', () => '', 'expected a model in JSON, got something else'],
    ['a truncated text', () => text.slice(0, -10), 'expected a model in JSON, got something else'],
    ['a list', () => '[1]', 'expected a model to be an object, got [1]'],
    ['null', () => 'null', 'expected a model to be an object, got null'],
    [
      'a run’s configuration',
      () => '{"data":"mnist","epochs":10}',
      'expected a model to have format, version, metadata, layers, parameters, got data too',
    ],
    [
      'no layers',
      () => changed('"layers":[2,1,2],', ''),
      'expected a model to have format, version, metadata, layers, parameters, found no layers',
    ],
    [
      'a duplicate member',
      () => changed('"version":1,', '"version":1,"ver\\u0073ion":1,'),
      'expected a model with every name once, got version twice',
    ],
    [
      'lists in lists without end',
      () => changed('[1],', `${'['.repeat(100_000)}${']'.repeat(100_000)},`),
      'expected a model with at most 4 levels, got more',
    ],
    [
      'another format',
      () => changed('"micronn"', '"keras"'),
      'expected format "micronn" in version 1, got "keras" in version 1',
    ],
    [
      'another version',
      () => changed('"version":1', '"version":2'),
      'expected format "micronn" in version 1, got "micronn" in version 2',
    ],
    [
      'metadata that is not an object',
      () => changed('{"source":"a test"}', '["a"]'),
      'expected metadata to be an object of strings, got ["a"]',
    ],
    [
      'metadata that is not a string',
      () => changed('"a test"', '7'),
      'expected metadata.source to be a string, got 7',
    ],
    [
      'one size',
      () => changed('[2,1,2]', '[2]'),
      'expected layers to be two sizes or more, whole numbers of at least 1, got [2]',
    ],
    [
      'half a size',
      () => changed('[2,1,2]', '[2,1.5,2]'),
      'expected layers to be two sizes or more, whole numbers of at least 1, got [2,1.5,2]',
    ],
    [
      'an empty layer',
      () => changed('[2,1,2]', '[2,0,2]'),
      'expected layers to be two sizes or more, whole numbers of at least 1, got [2,0,2]',
    ],
    [
      'no parameters',
      () => text.replace(/"parameters":\{.*?\n\}/s, '"parameters":7'),
      'expected parameters to be an object, got 7',
    ],
    [
      'a missing layer',
      () => changed('[2,1,2]', '[2,1,2,9]'),
      'expected parameters to have W1, b1, W2, b2, W3, b3, found no W3',
    ],
    ['a surplus layer', () => changed('[2,1,2]', '[2,1]'), 'expected parameters to have W1, b1, got W2 too'],
    [
      'a layer larger than its parameters',
      () => changed('[2,1,2]', '[2,9007199254740991,2]'),
      'expected W1 to be a list of 9007199254740991 rows, got 1',
    ],
    ['a missing row', () => changed('[1],\n', ''), 'expected W2 to be a list of 2 rows, got 1'],
    ['no matrix', () => changed('[\n[0.5,0.1]\n]', '{}'), 'expected W1 to be a list of 1 rows, got {}'],
    ['a short row', () => changed('[0.5,0.1]', '[0.5]'), 'expected W1[0] to be a list of 2 numbers, got 1'],
    [
      'a number instead of a row',
      () => changed('[-3]', '-3'),
      'expected W2[1] to be a list of 1 numbers, got -3',
    ],
    ['no bias', () => changed('[-0]', 'null'), 'expected b1 to be a list of 1 numbers, got null'],
    [
      'a string instead of a number',
      () => changed('0.1', '"0.1"'),
      'expected W1[0][1] to be a number that float32 can hold, got "0.1"',
    ],
    [
      'a number beyond float32',
      () => changed('2e+30', '2e+39'),
      'expected b2[1] to be a number that float32 can hold, got 2e+39',
    ],
  ])('refuses %s', (_, make, sentence) => {
    expect(() => parseModel(make())).toThrow(new ModelJsonError(sentence));
  });

  test('truncates a wrong value in the message, and escapes control characters', () => {
    expect(() => parseModel(changed('"a test"', `["${'x'.repeat(100)}"]`))).toThrow(
      new ModelJsonError(`expected metadata.source to be a string, got ["${'x'.repeat(78)}…`),
    );
    expect(() => parseModel(changed('"format"', '"\\u001b[31m"'))).toThrow(
      new ModelJsonError(
        'expected a model to have format, version, metadata, layers, parameters, got "\\u001b[31m" too',
      ),
    );
  });

  test('throws only ModelJsonError, for any text', () => {
    const place = fc.nat(text.length - 1);
    const cut = fc
      .tuple(place, fc.nat(5), fc.string({ maxLength: 3 }))
      .map(([at, length, other]) => text.slice(0, at) + other + text.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(cut, fc.json(), fc.string()), (wrong) => {
        try {
          parseModel(wrong);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelJsonError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
