import * as fc from 'fast-check';
import { type Labels, type ParallelStrategy, parallelStrategies } from '../src/kernels/index.ts';
import { createRandomStream } from '../src/random/random-stream.ts';

/** What a run of the kernels needs but for its learning rate. */
export interface KernelRun {
  readonly layers: number[];
  readonly images: Uint8Array;
  readonly labels: Labels;
  readonly batchSize: number;
  readonly shards: number;
  readonly parallel: ParallelStrategy;
  readonly momentum: number;
  readonly seed: number;
}

const size = (min: number, max: number, ...rare: number[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min, max }) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );

/**
 * A run of any shape: images with about `density` of their pixels inked. What is rare lies on both sides of what the
 * kernels take at a time: samples of a mask and of a chunk, outputs of a tile, what a step of a list can bridge.
 */
export const anyKernelRun: fc.Arbitrary<KernelRun> = fc
  .record({
    inputs: size(1, 40, 255, 300, 700, 4096),
    hidden: fc.array(size(1, 12, 16, 31, 32, 33, 64, 65, 70, 97, 130), { maxLength: 3 }),
    classes: size(1, 13, 33, 70, 256, 257, 1000),
    count: size(1, 40, 65, 130, 260),
    batchSize: size(1, 45, 70, 130, 260),
    shards: fc.integer({ min: 1, max: 5 }),
    parallel: fc.constantFrom(...parallelStrategies),
    momentum: fc.constantFrom(0, 0.5, 0.9),
    seed: fc.nat(),
    density: fc.constantFrom(0, 0.005, 0.2, 1),
  })
  .map(({ inputs, hidden, classes, count, density, ...rest }) => {
    const random = createRandomStream(rest.seed, 'split');
    const images = Uint8Array.from({ length: inputs * count }, () =>
      random.nextUnit() < density ? 1 + random.nextBelow(255) : 0,
    );
    const drawn = Array.from({ length: count }, () => random.nextBelow(classes));
    const labels = classes <= 256 ? Uint8Array.from(drawn) : Uint16Array.from(drawn);
    return { ...rest, layers: [inputs, ...hidden, classes], images, labels };
  });
