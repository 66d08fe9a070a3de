import * as fc from 'fast-check';
import { createNetwork, initializations, type Network } from '../src/index.ts';

/** A network of any small shape with a matching batch of samples. */
export interface TrainingCase {
  readonly network: Network;
  readonly m: number;
  readonly x: Float64Array;
  readonly labels: number[];
}

const size = fc.integer({ min: 1, max: 6 });
/** Mostly zeros, of both signs: MNIST's pixels are mostly 0. */
const input = fc.oneof(
  { arbitrary: fc.constantFrom(0, -0), weight: 3 },
  { arbitrary: fc.double({ min: -2, max: 2, noNaN: true }), weight: 2 },
);

/** Up to three hidden layers, one to six classes, batches of one to five samples. */
export const anyTrainingCase: fc.Arbitrary<TrainingCase> = fc
  .record({
    layers: fc.array(size, { minLength: 2, maxLength: 5 }),
    m: fc.integer({ min: 1, max: 5 }),
    seed: fc.maxSafeNat(),
    init: fc.constantFrom(...initializations),
  })
  .chain(({ layers, m, seed, init }) => {
    const D = layers[0]!;
    const C = layers.at(-1)!;
    return fc.record({
      network: fc.constant(createNetwork(layers, { seed, init })),
      m: fc.constant(m),
      x: fc.array(input, { minLength: m * D, maxLength: m * D }).map((values) => Float64Array.from(values)),
      labels: fc.array(fc.nat(C - 1), { minLength: m, maxLength: m }),
    });
  });
