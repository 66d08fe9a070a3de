import { assertOneOf, assertSameLength, assertSeed, assertWholeNumber } from '../shapes.ts';
import { multiplyHigh, philoxInto } from './philox.ts';

/** What a sequence of draws is used for. With one seed, each purpose has its own sequence. */
const purposes = { initialization: 1, split: 2, permutation: 3 } as const;

/** The name of a purpose. */
export type Purpose = keyof typeof purposes;

const LARGEST_WORD = 2 ** 32 - 1;

/** A sequence of random draws that depends only on (seed, purpose, number). */
export interface RandomStream {
  /** A whole number from 0 to 2³² − 1. */
  nextUint32(): number;
  /** A number from [0, 1), a multiple of 2⁻²⁴, which float32 and float64 both represent exactly. */
  nextUnit(): number;
  /**
   * A whole number from 0 to n − 1, each with exactly the same probability.
   *
   * @throws ShapeError unless n is a whole number from 1 to 2³² − 1
   */
  nextBelow(n: number): number;
}

/**
 * Creates the sequence of (seed, purpose, number), for example (42, 'permutation', epoch).
 *
 * The Philox counter is (block, 0, number, purpose); the key is the seed's two halves. No two sequences share a
 * block. A sequence repeats after 2³⁴ draws.
 *
 * @param number which of the purpose's sequences, 0 to 2³² − 1
 * @throws ShapeError if the seed is not a whole number from 0 to 2⁵³ − 1, or purpose or number is invalid
 */
export function createRandomStream(seed: number, purpose: Purpose, number = 0): RandomStream {
  assertSeed('createRandomStream', seed);
  assertOneOf('createRandomStream', 'purpose', purpose, Object.keys(purposes));
  assertWholeNumber('createRandomStream', 'number', number, 0, LARGEST_WORD);
  const key0 = seed >>> 0;
  const key1 = Math.floor(seed / 2 ** 32);
  const counter = Uint32Array.of(0, 0, number, purposes[purpose]);
  const block = new Uint32Array(4);
  let used = 4;

  function nextUint32(): number {
    if (used === 4) {
      philoxInto(block, counter, key0, key1);
      counter[0]!++;
      used = 0;
    }
    return block[used++]!;
  }

  return {
    nextUint32,
    nextUnit: () => (nextUint32() >>> 8) / 2 ** 24,
    nextBelow(n) {
      assertWholeNumber('nextBelow', 'n', n, 1, LARGEST_WORD);
      // Lemire, "Fast Random Integer Generation in an Interval" (2019): the upper half of draw × n, with a
      // new draw in the few cases that would make some numbers more probable. The slow remainder is rarely needed.
      for (;;) {
        const draw = nextUint32();
        const low = Math.imul(draw, n) >>> 0;
        if (low >= n || low >= 2 ** 32 % n) return multiplyHigh(draw, n);
      }
    },
  };
}

/** The settings that determine the order of an epoch's samples. */
export interface EpochOrder {
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
}

/**
 * Writes the order in which an epoch visits the samples at these places: a shuffle drawn from (seed, epoch). If one
 * batch holds all samples, their order stays as it is, because the gradient is a sum over all of them.
 *
 * @throws ShapeError when the lengths differ, or, if there is something to shuffle, when seed or epoch is invalid
 */
export function epochOrderInto(
  order: Uint32Array,
  places: Uint32Array,
  { batchSize, seed, epoch }: EpochOrder,
): void {
  assertSameLength('epochOrderInto', 'order', order, 'places', places);
  order.set(places);
  if (batchSize < places.length) shuffle(order, createRandomStream(seed, 'permutation', epoch));
}

/** Writes a random permutation of 0 … n − 1 (Fisher–Yates, from the end), where n is the destination's length. */
export function permutationInto(order: Uint32Array, random: RandomStream): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
  shuffle(order, random);
}

/** Shuffles in place (Fisher–Yates, from the end): every order has the same probability. */
export function shuffle(order: Uint32Array, random: RandomStream): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.nextBelow(i + 1);
    const last = order[i]!;
    order[i] = order[j]!;
    order[j] = last;
  }
}
