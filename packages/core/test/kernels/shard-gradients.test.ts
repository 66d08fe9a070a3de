import { goldenDigits } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { unpackParameters } from '../../src/kernels/layout.ts';
import { readState } from '../../src/kernels/run.ts';
import { layerViews } from '../../src/parameters.ts';
import { backward } from '../../src/reference/backward.ts';
import { forward } from '../../src/reference/forward.ts';
import { type Crew, chunksOf, compute, createCrew } from './in-turns.ts';

const batchSize = 50;
const shards = 4;

/** The shards' gradients in memory, in canonical order; each is a sum over the shard's samples. */
function shardGradients({ run: { memory, plan } }: Crew): Float64Array[] {
  const { layout } = plan;
  return Array.from({ length: shards }, (_, shard) => {
    const packed = new Float32Array(memory.buffer, plan.gradient + shard * layout.bytes, layout.bytes / 4);
    const gradient = unpackParameters(packed, layout);
    // Rows that the shard did not touch count as 0, whatever the memory holds.
    const touched = new Uint8Array(
      memory.buffer,
      plan.touched + shard * layout.touchedBytes,
      layout.touchedBytes,
    );
    for (const [l, { W, inputs, outputs }] of layerViews(gradient, layout.sizes).entries()) {
      const { masked, touchedRows } = layout.layers[l]!;
      if (!masked) continue;
      for (let j = 0; j < inputs; j++) {
        const row = l === 0 ? rowOf(layout.sizes[0]!, j) : j;
        if (touched[touchedRows + row] === 0) for (let h = 0; h < outputs; h++) W[h * inputs + j] = 0;
      }
    }
    return gradient;
  });
}

/** The row of input j: rows are dealt out to the segments in turn. */
function rowOf(inputs: number, j: number): number {
  const before = Array.from({ length: inputs }, (_, other) => other).filter(
    (other) => other % shards < j % shards,
  ).length;
  return before + Math.floor(j / shards);
}

test.each([
  { hidden: [10], momentum: 0 },
  { hidden: [10], momentum: 0.5 },
  { hidden: [40], momentum: 0 },
  { hidden: [40, 36], momentum: 0.5 },
])(
  'data, 784-$hidden-10, momentum $momentum: the step is the average of the shards’ gradients, to the bit',
  async ({ hidden, momentum }) => {
    const images = goldenDigits.pixels();
    const labels = Uint8Array.from(goldenDigits.labels);
    const layers = [784, ...hidden, 10];
    const crew = await createCrew(
      { layers, images, labels, batchSize, shards, parallel: 'data', momentum, seed: 3 },
      // One worker per shard: a worker with both shards of a pair keeps only their sum.
      shards,
    );
    const before = readState(crew.run).parameters;
    const [chunk] = chunksOf(crew, 0, batchSize);
    compute(crew, chunk!);
    const gradients = shardGradients(crew);

    const f = Math.fround;
    const rate = f(0.1);
    const expected = before.slice();
    const pairs = new Float64Array(expected.length);
    for (const [l, { W }] of layerViews(pairs, layers).entries()) {
      if (crew.run.plan.layout.layers[l]!.masked) W.fill(1);
    }
    const inPairs = (k: number): boolean => pairs[k] === 1;
    const byPatches = crew.run.plan.layout.layers[0]!.patchBytes > 0;
    for (let k = 0; k < expected.length; k++) {
      const [g0, g1, g2, g3] = gradients.map((gradient) => gradient[k]!);
      // Rows of W are added in pairs of shards, patches and biases shard by shard.
      const sum = inPairs(k) ? f(f(g0! + g1!) + f(g2! + g3!)) : f(f(f(g0! + g1!) + g2!) + g3!);
      // The gradient of patches is 255 times too large: the inputs are bytes.
      const scale = f(1 / (byPatches && k < 784 * hidden[0]! ? 255 * batchSize : batchSize));
      const step = momentum === 0 ? f(f(rate * scale) * sum) : f(rate * f(sum * scale));
      expected[k] = f(expected[k]! - step);
    }
    for (const worker of crew.workers) worker.averageAndStep(chunk!);
    const after = readState(crew.run).parameters;
    expect(after.findIndex((value, k) => value !== expected[k])).toBe(-1);
    expect(after.some((value, k) => value !== before[k])).toBe(true);

    // Each shard's gradient equals the reference's over the same samples, within 2⁻¹⁸ of its largest value.
    for (const [shard, gradient] of gradients.entries()) {
      const bound = (s: number): number => Math.floor((s * batchSize) / shards);
      const m = bound(shard + 1) - bound(shard);
      const x = Float64Array.from(
        images.subarray(784 * bound(shard), 784 * bound(shard + 1)),
        (byte) => byte / 255,
      );
      const network = { layers, parameters: before };
      const reference = backward(network, forward(network, x), [
        ...labels.subarray(bound(shard), bound(shard + 1)),
      ]).gradients;
      const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      let farthest = 0;
      for (let k = 0; k < gradient.length; k++) {
        const scale = byPatches && k < 784 * hidden[0]! ? 255 * m : m;
        farthest = Math.max(farthest, Math.abs(gradient[k]! / scale - reference[k]!));
      }
      expect(farthest).toBeLessThanOrEqual(2 ** -18 * largest);
    }
  },
);
