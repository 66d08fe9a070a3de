import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packParametersInto, unpackParameters } from '../../src/kernels/layout.ts';
import { anyKernelRun, type KernelRun } from '../any-kernel-run.ts';
import { chunksOf, compute, createCrew } from './in-turns.ts';

/** Trains two epochs in the order of the samples; returns the parameters, losses and sums. */
async function trainInTurns(any: KernelRun, count: number) {
  const crew = await createCrew(any, count);
  const { memory, plan } = crew.run;
  const samples = any.labels.length;
  const sums: object[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    for (let start = 0; start < samples; start += any.batchSize) {
      for (const chunk of chunksOf(crew, start, Math.min(start + any.batchSize, samples))) {
        compute(crew, chunk);
        const all = crew.workers.map((worker) => worker.sums(chunk));
        for (const each of all) expect(each).toEqual(all[0]);
        sums.push(all[0]!);
        for (const worker of crew.workers) worker.averageAndStep(chunk);
      }
    }
  }
  const set = plan.sets[0]!;
  crew.workers.at(-1)!.evaluate(set, 0, samples);
  const packed = new Float32Array(memory.buffer, plan.parameters, plan.layout.bytes / 4);
  const repacked = new Float32Array(packed.length);
  packParametersInto(repacked, unpackParameters(packed, plan.layout), plan.layout);
  return { packed, repacked, losses: new Float32Array(memory.buffer, set.losses, samples), sums };
}

test('with either strategy, any number of workers gives the same bits as one, and the padding of the parameters stays 0', async () => {
  await fc.assert(
    fc.asyncProperty(anyKernelRun, fc.integer({ min: 2, max: 5 }), async (any, count) => {
      const alone = await trainInTurns(any, 1);
      const together = await trainInTurns(any, count);
      expect(together).toEqual(alone);
      expect(alone.packed).toEqual(alone.repacked);
    }),
    { numRuns: 200 },
  );
});
