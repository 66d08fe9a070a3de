import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplyHigh, philoxInto } from './philox.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });

function block(counter: readonly number[], key: readonly [number, number]): string[] {
  const words = new Uint32Array(4);
  philoxInto(words, Uint32Array.from(counter), ...key);
  return Array.from(words, (value) => value.toString(16).padStart(8, '0'));
}

describe('philoxInto', () => {
  // Random123, kat_vectors, philox4x32 with 10 rounds.
  test('gives the published known answer for zeros', () => {
    expect(block([0, 0, 0, 0], [0, 0])).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
  });

  test('gives the published known answer for ones in every bit', () => {
    const ones = 0xffffffff;
    const expected = ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'];
    expect(block([ones, ones, ones, ones], [ones, ones])).toEqual(expected);
  });

  test('gives the published known answer for the digits of π', () => {
    const expected = ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'];
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual(
      expected,
    );
  });

  test('may overwrite its counter', () => {
    const counter = new Uint32Array(4);
    philoxInto(counter, counter, 0, 0);
    expect([...counter]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  });
});

describe('multiplyHigh', () => {
  test('is the upper half of the exact product, for any two words', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(multiplyHigh(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
      }),
      {
        examples: [
          [0xffffffff, 0xffffffff],
          [0xffff, 0x10001],
          [0x80000000, 2],
          [0, 0xffffffff],
        ],
      },
    );
  });
});
