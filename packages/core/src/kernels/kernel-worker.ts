import type { Kernels } from './compile.ts';
import { firstRowOf, LINE, segmentBounds } from './layout.ts';
import { type EvaluationAddresses, KEPT_SLACK_BYTES, type MemoryPlan } from './memory-plan.ts';
import { placeKept, type SampleAddresses, selectSamples } from './network.ts';
import { LIST_ENTRY_BYTES } from './sample-lists.ts';

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
 * the first three in this order, and meet before the second and before the third.
 */
export interface KernelWorker {
  /** The first layer for all samples of the chunk, over the rows that are this part's. */
  computePartials(chunk: Chunk, part: number): void;
  /** Activations, dz, losses and hits of the samples order[from … to) of the chunk. */
  computeDeltas(chunk: Chunk, from: number, to: number): void;
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
  const { layout, parts, parameters, velocity, gradient, order, kept } = plan;
  const { segments } = layout;
  const { inputs } = layout.layers[0]!;
  const network = plan.networks[worker]!;
  const losses = new Float32Array(memory.buffer, plan.losses, plan.chunk);
  const hits = new Uint8Array(memory.buffer, plan.hits, plan.chunk);
  if (train) selectSamples(memory, network, train);

  const bounds = segmentBounds(segments, parts);
  const rowBounds = bounds.map((segment) => firstRowOf(segment, inputs, segments));
  const chunks = Math.ceil(plan.trainCount / plan.chunk);
  /** How many chunks have what is kept of them. */
  let keptChunks = 0;

  return {
    computePartials({ from, to }, part) {
      const chunk = Math.floor(from / plan.chunk);
      // An epoch that was broken off may have left a chunk half done: all of them once more, from the same places.
      if (kept && chunk === 0 && keptChunks < chunks) {
        keptChunks = 0;
        placeKept(memory, network, keptPlaces(memory, plan, train!));
      }
      const isFresh = chunk >= keptChunks;
      kernels.partials(
        network,
        parameters,
        order + 4 * from,
        to - from,
        bounds[part]!,
        bounds[part + 1]!,
        kept ? kept.pieces + kept.piecesStep * chunk : 0,
        isFresh,
      );
    },
    computeDeltas(chunk, from, to) {
      kernels.deltas(network, parameters, order, chunk.from, from, to, plan.losses, plan.hits);
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
      const chunk = Math.floor(from / plan.chunk);
      const isFresh = chunk >= keptChunks;
      if (isFresh && kept) keptChunks = chunk + 1;
      kernels.step(
        network,
        parameters,
        velocity,
        gradient,
        order + 4 * from,
        to - from,
        part,
        parts,
        bounds[part]!,
        bounds[part + 1]!,
        rowBounds[part]!,
        rowBounds[part + 1]!,
        kept ? kept.bounds + kept.boundsStep * chunk : 0,
        isFresh,
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

/** Where pieces and rows of each segment begin to be kept: behind what the segments before it have of all samples. */
function keptPlaces(
  { buffer }: WebAssembly.Memory,
  { layout, kept, order, trainCount, chunk }: MemoryPlan,
  { splits }: SampleAddresses,
): { pieces: number; rows: number }[] {
  const { segments, sizes } = layout;
  const before = Array.from({ length: segments }, () => 0);
  for (const sample of new Uint32Array(buffer, order, trainCount)) {
    const cuts = new Uint16Array(buffer, splits + 2 * (segments + 1) * sample, segments);
    for (const [segment, cut] of cuts.entries()) before[segment]! += LIST_ENTRY_BYTES * cut;
  }
  // More is copied than a piece has, by less than a line.
  const slack = KEPT_SLACK_BYTES * Math.ceil(trainCount / chunk);
  return before.map((bytes, segment) => ({
    pieces: kept!.lists + bytes + LINE * segment,
    rows: kept!.rows + bytes + slack * firstRowOf(segment, sizes[0]!, segments),
  }));
}
