import { describe, expect, test } from 'vitest';
import { compileKernels, MOST_BYTES } from './compile.ts';
import { accumulateStarts, imagesIn, makeLists } from './lists.ts';
import type { KernelSettings } from './plan.ts';
import { createKernelRun, planKernelRun } from './run.ts';

const settings: KernelSettings = {
  layers: [784, 128, 10],
  parallel: 'data',
  batchSize: 64,
  shards: 4,
  learningRate: 0.1,
  momentum: 0,
};

/** Samples that are only counted. */
function samplesOf(count: number) {
  return { labels: new Uint8Array(count) };
}

describe('planKernelRun', () => {
  test('without lists, gives the least that a run needs', () => {
    const samples = samplesOf(1000);
    const request = { settings, train: { samples, count: 800 }, sets: [], workers: 2 };
    const least = planKernelRun(request);
    const lists = planKernelRun(request, [5000]).bytes - least.bytes;
    // Addresses are multiples of 64.
    expect(Math.abs(lists - 2 * 5000)).toBeLessThan(64);
    expect(least.bytes).toBeGreaterThan(5 * 4 * 101_770);
    expect(planKernelRun({ settings, sets: [], workers: 2 }).bytes).toBeLessThan(least.bytes);
  });

  test('2.74 million dense rows exceed a memory with lists of pixels, and fit with lists of patches', () => {
    const rows = 2_740_000;
    const request = { train: { samples: samplesOf(rows), count: rows }, sets: [], workers: 2 };
    expect(planKernelRun({ ...request, settings }, [784 * rows]).bytes).toBeGreaterThan(MOST_BYTES);
    const patches = { ...settings, layers: [784, 10, 10] };
    expect(planKernelRun({ ...request, settings: patches }, [3 * 196 * rows]).bytes).toBeLessThan(MOST_BYTES);
  });
});

test('createKernelRun creates its memory from the plan', async () => {
  const refused = new Error('refused');
  const request = { settings, train: { samples: samplesOf(3), count: 3 }, sets: [], workers: 1 };
  const images = imagesIn(new Uint8Array(784 * 3).fill(255), 784);
  let bytes = 0;
  const run = createKernelRun(
    { ...request, parameters: new Float64Array(0) },
    {
      shared: false,
      module: compileKernels({ shared: false }),
      makeLists: (task) => makeLists(task, images, 0, 3),
      createMemory(plan) {
        bytes = plan.bytes;
        throw refused;
      },
    },
  );
  await expect(run).rejects.toBe(refused);
  expect(bytes).toBe(planKernelRun(request, [3 * 784]).bytes);
});

test('accumulateStarts counts words beyond 32 bits, so that their plan is refused', () => {
  expect(accumulateStarts(Uint32Array.of(0, 2 ** 31, 2 ** 31, 5))).toBe(2 ** 32 + 5);
});
