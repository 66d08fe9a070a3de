import { assertOneOf, assertSameLength, assertSeed, assertWholeNumber } from '../shapes.ts';
import { multiplyHigh, philoxInto } from './philox.ts';

/** What a sequence is drawn for. One seed gives each purpose a sequence of its own. */
const purposes = { initialization: 1, split: 2, permutation: 3 } as const;

/** One of the purposes by name. */
export type Purpose = keyof typeof purposes;

const LARGEST_WORD = 2 ** 32 - 1;

/** A sequence of draws that (seed, purpose, number) alone decide. */
export interface RandomStream {
  /** A whole number from 0 to 2³² − 1. */
  nextUint32(): number;
  /** A number from [0, 1) on the grid of 2⁻²⁴, so float32 and float64 hold it alike. */
  nextUnit(): number;
  /**
   * A whole number from 0 to n − 1, each with exactly the same chance.
   *
   * @throws ShapeError unless n is a whole number from 1 to 2³² − 1
   */
  nextBelow(n: number): number;
}

/**
 * Opens the sequence of (seed, purpose, number), for example (42, 'permutation', epoch).
 *
 * The Philox counter is (block, 0, number, purpose), its key the seed's two halves. Two sequences share no
 * block; one of them would begin again after 2³⁴ draws.
 *
 * @param number which of the purpose's sequences, 0 to 2³² − 1
 * @throws ShapeError when the seed is no whole number that a double holds exactly, or purpose or number are none
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
      // Lemire, "Fast Random Integer Generation in an Interval" (2019): the upper half of draw × n, and a
      // new draw in the few cases that would favour some numbers. The slow remainder is seldom looked at.
      for (;;) {
        const draw = nextUint32();
        const low = Math.imul(draw, n) >>> 0;
        if (low >= n || low >= 2 ** 32 % n) return multiplyHigh(draw, n);
      }
    },
  };
}

/** What the order of an epoch depends on. */
export interface EpochOrder {
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
}

/**
 * Writes the order in which an epoch takes the samples at these places: a shuffled one, drawn from (seed, epoch).
 * Where one batch holds all samples they are taken as they lie, since their gradient is a sum.
 *
 * @throws ShapeError when the lengths differ, and where there is something to shuffle, when seed or epoch are none
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

/** Writes a random order of 0 … n − 1 (Fisher–Yates, from the end), n being the destination's length. */
export function permutationInto(order: Uint32Array, random: RandomStream): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
  shuffle(order, random);
}

/** Shuffles in place (Fisher–Yates, from the end): every order has the same chance. */
export function shuffle(order: Uint32Array, random: RandomStream): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.nextBelow(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}
