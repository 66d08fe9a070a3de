import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyKernelRun, type KernelRun } from '../../test/any-kernel-run.ts';
import { createNetwork } from '../initialize.ts';
import { compileKernels, createKernelMemory, instantiateKernels } from './compile.ts';
import { createKernelWorker } from './kernel-worker.ts';
import { layoutNetwork, packParametersInto, segmentBounds, unpackParameters } from './layout.ts';
import { planMemory } from './memory-plan.ts';
import { writeNetwork } from './network.ts';
import {
  accumulateStarts,
  countWordsInto,
  layoutLists,
  startsCount,
  writeListsInto,
} from './sample-lists.ts';

const module = await compileKernels({ shared: false });

/** Two epochs in the order of the samples, by so many workers, who take turns between the meetings. */
function trainInTurns(run: KernelRun, workers: number) {
  const { layers, images, labels, batchSize, shards, momentum, seed } = run;
  const { length: count } = labels;
  const parts = Math.min(workers, shards);
  const lists = layoutLists(layoutNetwork(layers, shards), { parts, batchSize, trainCount: count });
  const starts = new Uint32Array(startsCount(lists, count));
  countWordsInto(starts, images, lists, 0, count);
  const words = accumulateStarts(starts);
  const plan = planMemory({
    layers,
    batchSize,
    workers: parts,
    parts,
    segments: shards,
    momentum,
    train: { count, samples: 0 },
    samples: [{ count, words }],
    sets: [{ count, samples: 0 }],
  });
  const { layout } = plan;
  const memory = createKernelMemory(plan.bytes, { shared: false });
  const { buffer } = memory;
  const samples = plan.samples[0]!;
  new Uint32Array(buffer, samples.starts[0], starts.length).set(starts);
  new Uint8Array(buffer, samples.labels, count).set(labels);
  writeListsInto(new Uint16Array(buffer, samples.lists, words), starts, images, lists, 0, count);
  const places = labels.map((_, i) => i);
  const set = plan.sets[0]!;
  for (const order of [plan.order, set.order]) new Uint32Array(buffer, order, count).set(places);
  const packed = new Float32Array(buffer, plan.parameters, layout.bytes / 4);
  packParametersInto(packed, createNetwork(layers, { seed, init: 'he' }).parameters, layout);
  const kernels = instantiateKernels(module, memory);
  const crew = Array.from({ length: parts }, (_, worker) => {
    writeNetwork(memory, plan, worker);
    return createKernelWorker(kernels, memory, plan, worker, samples, { learningRate: 0.1, momentum });
  });

  const bounds = segmentBounds(shards, parts);
  const sums: object[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    for (let start = 0; start < count; start += batchSize) {
      const end = Math.min(start + batchSize, count);
      for (let from = start; from < end; from += plan.chunk) {
        const to = Math.min(from + plan.chunk, end);
        const chunk = { from, to, m: end - start, first: from === start, last: to === end };
        for (const [part, worker] of crew.entries()) worker.computePartials(chunk, part);
        for (const [part, worker] of crew.entries()) {
          worker.computeDeltas(chunk, bounds[part]!, bounds[part + 1]!);
        }
        for (const worker of crew) sums.push(worker.chunkSums(chunk));
        for (const [part, worker] of crew.entries()) worker.addGradient(chunk, part);
      }
    }
  }
  crew.at(-1)!.evaluate(set, 0, count);
  const losses = new Float32Array(buffer, set.losses, count);
  const repacked = new Float32Array(packed.length);
  packParametersInto(repacked, unpackParameters(packed, layout), layout);
  return { packed, repacked, losses, sums: sums.filter((_, k) => k % parts === 0) };
}

test('any number of workers gives the bits of one, and what pads the parameters stays 0', () => {
  fc.assert(
    fc.property(anyKernelRun, fc.integer({ min: 2, max: 5 }), (run, workers) => {
      const alone = trainInTurns(run, 1);
      const together = trainInTurns(run, workers);
      expect(together).toEqual(alone);
      expect(alone.packed).toEqual(alone.repacked);
    }),
    { numRuns: 150 },
  );
});
