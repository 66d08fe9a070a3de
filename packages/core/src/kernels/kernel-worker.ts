import type { Kernels } from './compile.ts';
import { LINE, partBound, segmentBounds } from './layout.ts';
import type { EvaluationAddresses, MemoryPlan } from './memory-plan.ts';
import { type SampleAddresses, selectSamples } from './network.ts';

/** How steps are taken; fixed for a run. */
export interface StepSettings {
  /** α, above 0 as a float32, and finite. */
  readonly learningRate: number;
  /** μ from [0, 1), as a float32; 0 for plain gradient descent. */
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
  /** The first layer for all samples of the chunk over the rows that are this part's; nothing, where it is by samples. */
  computePartials(chunk: Chunk, part: number): void;
  /** Losses and hits of the chunk's shards [first … end), and their gradients, or what these are made of. */
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
  settings: StepSettings,
): KernelWorker {
  const network = plan.networks[worker]!;
  if (train) selectSamples(memory, network, train);
  const calls = bindCalls(kernels, memory, plan, worker, settings);
  return {
    ...(plan.bySamples ? trainBySamples(calls, memory, plan) : trainBySegments(calls, plan)),
    evaluate(set, from, to) {
      selectSamples(memory, network, set.samples);
      kernels.evaluate(network, plan.parameters, set.order, from, to, set.losses, set.predictions);
      if (train) selectSamples(memory, network, train);
    },
  };
}

type Calls = ReturnType<typeof bindCalls>;
type Training = Omit<KernelWorker, 'evaluate'>;

/** The kernels' calls without what is the same in all of a run; places are the order's. */
function bindCalls(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: MemoryPlan,
  worker: number,
  { learningRate, momentum }: StepSettings,
) {
  const { layout, passSize, parameters, velocity, gradient, order } = plan;
  const network = plan.networks[worker]!;
  const pass = plan.passes[worker]!;
  const losses = new Float32Array(memory.buffer, pass.losses, passSize);
  const hits = new Uint8Array(memory.buffer, pass.hits, passSize);
  return {
    partials(from: number, n: number, first: number, end: number): void {
      kernels.partials(network, parameters, order + 4 * from, n, first, end);
    },
    deltas(chunk: number, from: number, to: number, shard: number): void {
      kernels.deltas(network, parameters, order, chunk, from, to, shard, pass.losses, pass.hits);
    },
    /** Sum of the losses, and number of hits, of a pass of n samples: added in their order. */
    sums(n: number) {
      let loss = 0;
      let correct = 0;
      for (let k = 0; k < n; k++) {
        loss += losses[k]!;
        correct += hits[k]!;
      }
      return { loss, correct };
    },
    step(
      slot: number,
      n: number,
      part: number,
      parts: number,
      first: number,
      end: number,
      whole: boolean,
      last: boolean,
      m: number,
    ): void {
      const to = gradient + slot * layout.bytes;
      kernels.step(
        network,
        parameters,
        velocity,
        to,
        n,
        part,
        parts,
        first,
        end,
        whole,
        last,
        m,
        learningRate,
        momentum,
      );
    },
    reduce(from: number, to: number, m: number): void {
      const { bytes, segments } = layout;
      kernels.reduce(
        network,
        parameters,
        velocity,
        gradient,
        bytes,
        segments,
        from,
        to,
        m,
        learningRate,
        momentum,
      );
    },
  };
}

/** Each worker owns the rows of some segments, for all samples of the chunk. */
function trainBySegments(calls: Calls, plan: MemoryPlan): Training {
  const { parts } = plan;
  const { segments } = plan.layout;
  const bounds = segmentBounds(segments, parts);
  const hasSlots = plan.passes[0]!.slots.some((slots) => slots !== 0);

  return {
    computePartials({ from, to }, part) {
      calls.partials(from, to - from, bounds[part]!, bounds[part + 1]!);
    },
    computeDeltas({ from, to }, first, end) {
      // Shards without slots follow one another, and their samples are computed in one go.
      const shardsAtOnce = hasSlots ? 1 : end - first;
      for (let shard = first; shard < end; shard += shardsAtOnce) {
        const boundOf = (s: number): number => from + partBound(to - from, s, segments);
        calls.deltas(from, boundOf(shard), boundOf(shard + shardsAtOnce), shard);
      }
    },
    chunkSums: ({ from, to }) => calls.sums(to - from),
    addGradient({ from, to, m, first, last }, part) {
      calls.step(0, to - from, part, parts, bounds[part]!, bounds[part + 1]!, first && last, last, m);
    },
  };
}

/** Each worker does all that its shards need, pass by pass, and adds their gradients up in their slots. */
function trainBySamples(calls: Calls, memory: WebAssembly.Memory, plan: MemoryPlan): Training {
  const { layout, parts, passSize } = plan;
  const { segments } = layout;
  const shardSums = new Float64Array(memory.buffer, plan.shardSums, 2 * segments);
  const { weights, biases } = layout.layers[0]!;

  /** This part's share of the parameters' bytes [begin … stop). */
  function reduce(begin: number, stop: number, part: number, m: number): void {
    const boundOf = (p: number): number => begin + LINE * partBound((stop - begin) / LINE, p, parts);
    calls.reduce(boundOf(part), boundOf(part + 1), m);
  }

  return {
    // All parameters are read by all.
    computePartials() {},
    computeDeltas(chunk, first, end) {
      const boundOf = (shard: number): number =>
        chunk.from + partBound(chunk.to - chunk.from, shard, segments);
      for (let shard = first; shard < end; shard++) {
        let loss = 0;
        let correct = 0;
        for (let from = boundOf(shard); from < boundOf(shard + 1); from += passSize) {
          const n = Math.min(passSize, boundOf(shard + 1) - from);
          calls.partials(from, n, 0, segments);
          calls.deltas(from, from, from + n, 0);
          const sums = calls.sums(n);
          loss += sums.loss;
          correct += sums.correct;
          // Never the last: the sums stay in the slot.
          calls.step(shard, n, 0, 1, 0, segments, false, false, chunk.m);
        }
        shardSums[2 * shard] = loss;
        shardSums[2 * shard + 1] = correct;
      }
    },
    chunkSums() {
      let loss = 0;
      let correct = 0;
      for (let shard = 0; shard < segments; shard++) {
        loss += shardSums[2 * shard]!;
        correct += shardSums[2 * shard + 1]!;
      }
      return { loss, correct };
    },
    addGradient({ m }, part) {
      // Pixels were bytes.
      reduce(weights, biases, part, 255 * m);
      reduce(biases, layout.bytes, part, m);
    },
  };
}
