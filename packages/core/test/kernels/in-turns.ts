import { createNetwork } from '../../src/initialize.ts';
import { compileKernels } from '../../src/kernels/compile.ts';
import { imagesIn, makeLists } from '../../src/kernels/lists.ts';
import { createKernelRun, type KernelRun } from '../../src/kernels/run.ts';
import type { Chunk } from '../../src/kernels/steps.ts';
import { createKernelWorker, type KernelWorker } from '../../src/kernels/worker.ts';
import type { KernelRun as AnyRun } from '../any-kernel-run.ts';

const module = compileKernels({ shared: false });

/** The workers of one run, which take turns on one thread: each computes up to the next meeting. */
export interface Crew {
  readonly run: KernelRun;
  readonly workers: readonly KernelWorker[];
}

export async function createCrew(any: AnyRun, count: number): Promise<Crew> {
  const { layers, images, labels, seed, batchSize, shards, momentum, parallel } = any;
  const samples = { labels };
  const read = imagesIn(images, layers[0]!);
  const places = Uint32Array.from(labels, (_, i) => i);
  const run = await createKernelRun(
    {
      settings: { layers, parallel, batchSize, shards, learningRate: 0.1, momentum },
      parameters: createNetwork(layers, { seed, init: 'he' }).parameters,
      train: { samples, count: labels.length },
      sets: [{ samples, places }],
      workers: count,
    },
    { shared: false, module, makeLists: (task) => makeLists(task, read, 0, labels.length) },
  );
  new Uint32Array(run.memory.buffer, run.plan.order, labels.length).set(places);
  const { trainers } = run.plan;
  return { run, workers: Array.from({ length: trainers }, (_, worker) => createKernelWorker(run, worker)) };
}

/** Divides order[start … end), one minibatch, into chunks. */
export function chunksOf({ workers }: Crew, start: number, end: number): Chunk[] {
  const chunks: Chunk[] = [];
  const { chunkSize } = workers[0]!;
  for (let from = start; from < end; from += chunkSize) {
    const to = Math.min(from + chunkSize, end);
    chunks.push({ from, to, m: end - start, first: from === start, last: to === end });
  }
  return chunks;
}

/** Computes the forward and the backward pass of a chunk with all workers. */
export function compute({ workers }: Crew, chunk: Chunk): void {
  for (let k = 0; k < workers[0]!.compute.length; k++) {
    for (const worker of workers) worker.compute[k]!(chunk);
  }
}
