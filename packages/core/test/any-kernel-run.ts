import * as fc from 'fast-check';
import { createRandomStream } from '../src/random/random-stream.ts';

/** What a run of the kernels needs but for its learning rate. */
export interface KernelRun {
  readonly layers: number[];
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly batchSize: number;
  readonly shards: number;
  readonly momentum: number;
  readonly seed: number;
}

/** A run of any shape: images with about `density` of their pixels inked. */
export const anyKernelRun: fc.Arbitrary<KernelRun> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 40 }),
    hidden: fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(16, 31, 32, 33, 64, 70)), {
      maxLength: 3,
    }),
    classes: fc.integer({ min: 1, max: 13 }),
    count: fc.integer({ min: 1, max: 40 }),
    batchSize: fc.integer({ min: 1, max: 45 }),
    shards: fc.integer({ min: 1, max: 5 }),
    momentum: fc.constantFrom(0, 0.5, 0.9),
    seed: fc.nat(),
    density: fc.constantFrom(0, 0.2, 1),
  })
  .map(({ inputs, hidden, classes, count, density, ...rest }) => {
    const random = createRandomStream(rest.seed, 'split');
    const images = Uint8Array.from({ length: inputs * count }, () =>
      random.nextUnit() < density ? 1 + random.nextBelow(255) : 0,
    );
    const labels = Uint8Array.from({ length: count }, () => random.nextBelow(classes));
    return { ...rest, layers: [inputs, ...hidden, classes], images, labels };
  });
