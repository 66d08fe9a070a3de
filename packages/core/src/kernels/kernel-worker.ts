import type { Kernels } from './compile.ts';
import { partBound, segmentBounds, segmentRows } from './layout.ts';
import type { EvaluationAddresses, MemoryPlan } from './memory-plan.ts';
import { type SampleAddresses, selectSamples } from './network.ts';

/** How steps are taken; fixed for a run. */
export interface StepSettings {
  readonly learningRate: number;
  readonly momentum: number;
}

/** A chunk of a minibatch of m samples: order[from … to). */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly m: number;
  readonly first: boolean;
  readonly last: boolean;
}

/**
 * One worker's calls into the kernels, with the addresses of the plan filled in. For every chunk, all workers call
 * the first three in this order, and meet before the second and before the third; and before the first of a minibatch,
 * where the plan's `sharesRows` says so.
 */
export interface KernelWorker {
  /** The first layer for all samples of the chunk over the rows that are this part's, or its part of the samples. */
  computePartials(chunk: Chunk, part: number): void;
  /** Activations, dz, losses and hits of the chunk's shards [first … end), and what goes into their slots. */
  computeDeltas(chunk: Chunk, first: number, end: number): void;
  /** Sum of the losses, and number of hits, of a chunk whose samples are all done: added in their order. */
  chunkSums(chunk: Chunk): { readonly loss: number; readonly correct: number };
  /** This worker's part of the parameters: gradient of the whole chunk, and after the last the mean and the SGD step. */
  addGradient(chunk: Chunk, part: number): void;
  /** Losses and predictions of the set's order[from … to). */
  evaluate(set: EvaluationAddresses, from: number, to: number): void;
}

/**
 * Binds the kernels to a plan for one worker.
 *
 * @param worker which of the plan's networks is this one's
 * @param train the samples that the epoch's order names
 */
export function createKernelWorker(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: MemoryPlan,
  worker: number,
  train: SampleAddresses | undefined,
  { learningRate, momentum }: StepSettings,
): KernelWorker {
  const { layout, parts, parameters, velocity, gradient, order } = plan;
  const { segments } = layout;
  const network = plan.networks[worker]!;
  const losses = new Float32Array(memory.buffer, plan.losses, plan.chunk);
  const hits = new Uint8Array(memory.buffer, plan.hits, plan.chunk);
  if (train) selectSamples(memory, network, train);

  const bounds = segmentBounds(segments, parts);
  const rows = segmentRows(layout);
  const hasSlots = plan.slots.some((slots) => slots !== 0);

  return {
    computePartials({ from, to }, part) {
      const n = to - from;
      kernels.partials(
        network,
        parameters,
        order + 4 * from,
        n,
        partBound(n, part, parts),
        partBound(n, part + 1, parts),
        bounds[part]!,
        bounds[part + 1]!,
      );
    },
    computeDeltas({ from, to }, first, end) {
      // Shards without slots follow one another, and their samples are computed in one go.
      const shardsAtOnce = hasSlots ? 1 : end - first;
      for (let shard = first; shard < end; shard += shardsAtOnce) {
        const begin = from + partBound(to - from, shard, segments);
        const stop = from + partBound(to - from, shard + shardsAtOnce, segments);
        kernels.deltas(network, parameters, order, from, begin, stop, shard, plan.losses, plan.hits);
      }
    },
    chunkSums({ from, to }) {
      let loss = 0;
      let correct = 0;
      for (let k = 0; k < to - from; k++) {
        loss += losses[k]!;
        correct += hits[k]!;
      }
      return { loss, correct };
    },
    addGradient({ from, to, m, first, last }, part) {
      kernels.step(
        network,
        parameters,
        velocity,
        gradient,
        to - from,
        part,
        parts,
        bounds[part]!,
        bounds[part + 1]!,
        rows[bounds[part]!]!,
        rows[bounds[part + 1]!]!,
        first && last,
        last,
        m,
        learningRate,
        momentum,
      );
    },
    evaluate(set, from, to) {
      selectSamples(memory, network, set.samples);
      kernels.evaluate(network, parameters, set.order, from, to, set.losses, set.predictions);
      if (train) selectSamples(memory, network, train);
    },
  };
}
