import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandomStream } from '../random/random-stream.ts';
import { compileKernels } from './compile.ts';
import { layoutNetwork, parallelStrategies, patchInputs, segmentRows } from './layout.ts';
import { accumulateStarts, imagesIn, type ListLayout, layoutLists, makeLists, startsCount } from './lists.ts';

const module = await compileKernels({ shared: false });

/** Makes all lists with the kernel, in two calls that divide the images at `cut`. */
function listsOf(images: Uint8Array, count: number, lists: ListLayout, cut: number) {
  const starts = new Uint32Array(startsCount(lists, count));
  const task = { module, shared: false, lists, starts };
  const read = imagesIn(images, lists.layout.sizes[0]!);
  // The second part first: the order of the calls does not matter.
  makeLists(task, read, cut, count);
  makeLists(task, read, 0, cut);
  const words = new Uint16Array(accumulateStarts(starts));
  makeLists({ ...task, words }, read, cut, count);
  makeLists({ ...task, words }, read, 0, cut);
  return { starts, words };
}

/** The same lists as their description in lists.ts defines them, one input after another. */
function expectedLists(images: Uint8Array, count: number, { layout, ranges }: ListLayout) {
  const inputs = layout.sizes[0]!;
  const byPatches = layout.layers[0]!.patchBytes > 0;
  const firstRows = segmentRows(layout);
  const segment = (j: number): number => j % layout.shards;
  // Inputs are dealt out to the segments in turn.
  const order = byPatches
    ? patchInputs(layout)
    : Uint16Array.from({ length: inputs }, (_, j) => j).toSorted((i, j) => segment(i) - segment(j) || i - j);
  const starts = [0];
  const words: number[] = [];
  for (const { first, end, segmentsPerList } of ranges) {
    for (let i = 0; i < count; i++) {
      const image = images.subarray(i * inputs, (i + 1) * inputs);
      for (let s = first; s < end; s += segmentsPerList) {
        const [from, to] = [firstRows[s]!, firstRows[Math.min(s + segmentsPerList, end)]!];
        if (byPatches) {
          for (let patch = from; patch < to; patch++) {
            const [a, b, c, d] = Array.from(order.subarray(4 * patch, 4 * patch + 4), (j) => image[j] ?? 0);
            if (a || b || c || d) words.push(patch, a! + 256 * b!, c! + 256 * d!);
          }
        } else {
          const steps: number[] = [];
          const values: number[] = [];
          let before = from;
          for (let row = from; row < to; row++) {
            const value = image[order[row]!]!;
            if (value === 0) continue;
            for (; row - before > 255; before += 255) {
              steps.push(255);
              values.push(0);
            }
            steps.push(row - before);
            values.push(value);
            before = row;
          }
          words.push(...new Uint16Array(Uint8Array.of(...steps, ...values).buffer));
        }
        starts.push(words.length);
      }
    }
  }
  return { starts: Uint32Array.from(starts), words: Uint16Array.from(words) };
}

test('the kernel makes the lists of their description, of any images, in any layout, for any workers', () => {
  // Sides of images with square patches, of other images, and sizes on both sides of what the kernel takes at a time.
  const anyInputs = fc.oneof(
    fc.constantFrom(4, 16, 36, 324, 784, 1024, 9, 25, 625, 1000),
    fc.integer({ min: 1, max: 150 }),
  );
  fc.assert(
    fc.property(
      fc.record({
        inputs: anyInputs,
        outputs: fc.constantFrom(1, 10, 20, 21, 128),
        shards: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constantFrom(31, 63, 64, 65, 130, 1024)),
        parallel: fc.constantFrom(...parallelStrategies),
        workers: fc.integer({ min: 1, max: 5 }),
        // More than a block of images in some cases.
        count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(90)),
        cut: fc.double({ min: 0, max: 1, noNaN: true }),
        density: fc.constantFrom(0, 0.003, 0.2, 0.9, 1),
        seed: fc.nat(),
      }),
      ({ inputs, outputs, shards, parallel, workers, count, cut, density, seed }) => {
        const random = createRandomStream(seed, 'split');
        const images = Uint8Array.from({ length: inputs * count }, () =>
          random.nextUnit() < density ? 1 + random.nextBelow(255) : 0,
        );
        const lists = layoutLists(layoutNetwork([inputs, outputs], shards), parallel, workers);
        const made = listsOf(images, count, lists, Math.round(cut * count));
        const expected = expectedLists(images, count, lists);
        expect(made.starts).toEqual(expected.starts);
        expect(made.words.findIndex((word, k) => word !== expected.words[k])).toBe(-1);
        expect(made.words.length).toBe(expected.words.length);
      },
    ),
    { numRuns: 150 },
  );
});

test.each([10, 128])(
  'images of several blocks, with %i outputs: each block has its own images',
  (outputs) => {
    const [inputs, count] = [784, 300];
    const random = createRandomStream(1, 'split');
    const images = Uint8Array.from({ length: inputs * count }, () =>
      random.nextUnit() < 0.2 ? 1 + random.nextBelow(255) : 0,
    );
    const lists = layoutLists(layoutNetwork([inputs, outputs], 4), 'data', 1);
    expect(listsOf(images, count, lists, 0)).toEqual(expectedLists(images, count, lists));
  },
);

test('an image that changes after its lists were counted is refused, and nothing is written', () => {
  const lists = layoutLists(layoutNetwork([16, 10], 4), 'rows', 1);
  const starts = new Uint32Array(startsCount(lists, 1));
  const task = { module, shared: false, lists, starts };
  makeLists(task, imagesIn(new Uint8Array(16).fill(1, 0, 2), 16), 0, 1);
  const words = new Uint16Array(accumulateStarts(starts));
  // As many words, but in another list.
  const moved = imagesIn(new Uint8Array(16).fill(1, 8, 10), 16);
  expect(() => makeLists({ ...task, words }, moved, 0, 1)).toThrow(
    'makeLists: the images changed after their lists were counted',
  );
  expect([...words]).toEqual([0, 0, 0]);
});
