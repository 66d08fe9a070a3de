import { createNetwork, decodeSafetensors, encodeSafetensors, SafetensorsError } from '@micronn/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BEGIN } from '../training/position.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { decodeModel, modelTensors } from './model-file.ts';
import { encodeSealed } from './seal.ts';

function checkpointOf(layers: readonly number[], momentum: number): Checkpoint {
  const { parameters } = createNetwork(layers, { seed: 3 });
  return {
    layers,
    state: { parameters, velocity: momentum === 0 ? new Float64Array(0) : parameters.map((value) => -value) },
    position: { ...BEGIN, epoch: 2, step: 7, lossSum: 0.1 + 0.2, hits: 5, seconds: 1e-7 },
    configuration: { momentum, data: 'Ziffern ✓.csv' },
    data: '4 × 3 (crc32 00000000) to train, none to test',
  };
}

/** Small enough to damage every byte in turn. */
const small = checkpointOf([3, 2, 2], 0.5);
const whole = encodeCheckpoint(small);

test('a checkpoint comes back to the last bit', () => {
  expect(decodeCheckpoint(whole)).toEqual(small);
  fc.assert(
    fc.property(
      fc.record({
        epoch: fc.nat(),
        step: fc.nat(),
        lossSum: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        hits: fc.nat(),
        seconds: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
        best: fc.record({ epoch: fc.nat(), loss: fc.double({ min: 0, max: 1e300, noNaN: true }) }),
      }),
      fc.constantFrom(0, 0.9),
      (position, momentum) => {
        const checkpoint = { ...checkpointOf([4, 3, 3, 2], momentum), position };
        expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
      },
    ),
  );
});

describe.each([
  ['to go on from', decodeCheckpoint],
  ['to be evaluated', decodeModel],
])('a damaged checkpoint is recognised, as one %s', (_, decode) => {
  const isRecognised = (bytes: Uint8Array): boolean => {
    try {
      decode(bytes);
      return false;
    } catch (error) {
      return error instanceof SafetensorsError;
    }
  };

  test('an intact file is accepted', () => {
    expect(isRecognised(whole)).toBe(false);
  });

  test('truncated at every byte offset', () => {
    const missed: number[] = [];
    for (let length = 0; length < whole.length; length++)
      if (!isRecognised(whole.subarray(0, length))) missed.push(length);
    expect(missed).toEqual([]);
  });

  test('a byte too many', () => {
    expect(isRecognised(Uint8Array.from([...whole, 0]))).toBe(true);
  });

  test('every byte turned into every other', () => {
    const missed: string[] = [];
    const bytes = whole.slice();
    for (let at = 0; at < bytes.length; at++) {
      for (let change = 1; change < 256; change++) {
        bytes[at]! ^= change;
        if (!isRecognised(bytes)) missed.push(`byte ${at} as ${bytes[at]}`);
        bytes[at]! ^= change;
      }
    }
    expect(missed).toEqual([]);
  });
});

describe('a file that is not a checkpoint is refused with the reason', () => {
  const { metadata } = decodeSafetensors(whole);
  const { contentSha256: _sum, ...rest } = metadata;
  const tensors = modelTensors(
    { layers: small.layers, parameters: small.state.parameters },
    small.state.velocity,
  );
  const without = (key: string) => Object.fromEntries(Object.entries(rest).filter(([name]) => name !== key));
  const plain = modelTensors({ layers: small.layers, parameters: small.state.parameters });

  test.each<[string, Uint8Array]>([
    [
      'the header does not begin with the SHA-256 of the content',
      encodeSafetensors({ tensors, metadata: rest }),
    ],
    [
      'no position in the metadata: this is not a checkpoint',
      encodeSealed({ tensors, metadata: without('position') }),
    ],
    [
      'configuration in the metadata is not valid JSON',
      encodeSealed({ tensors, metadata: { ...rest, configuration: '{' } }),
    ],
    [
      'invalid position in the metadata: {"epoch":1}',
      encodeSealed({ tensors, metadata: { ...rest, position: '{"epoch":1}' } }),
    ],
    [
      'expected velocity tensors for momentum 0.5, found none',
      encodeSealed({ tensors: plain, metadata: rest }),
    ],
    [
      'expected no velocity tensors for momentum 0, found some',
      encodeSealed({ tensors, metadata: { ...rest, configuration: '{"momentum":0}' } }),
    ],
    [
      'tensor velocity.b1 is missing',
      encodeSealed({
        tensors: new Map([...tensors].filter(([name]) => name !== 'velocity.b1')),
        metadata: rest,
      }),
    ],
  ])('%s', (sentence, bytes) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(new SafetensorsError(sentence));
  });

  test('the sentence of a wrong sum names both', () => {
    const bytes = whole.slice();
    bytes[bytes.length - 1]! ^= 1;
    expect(() => decodeCheckpoint(bytes)).toThrow(
      /^expected content with SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}$/,
    );
  });
});
