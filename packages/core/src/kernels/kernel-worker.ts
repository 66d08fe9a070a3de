import type { Kernels } from './compile.ts';
import { LINE, partBound, segmentBounds, segmentRows } from './layout.ts';
import type { EvaluationAddresses, MemoryPlan, PassAddresses } from './memory-plan.ts';
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
  const evaluate: KernelWorker['evaluate'] = (set, from, to) => {
    selectSamples(memory, network, set.samples);
    kernels.evaluate(network, plan.parameters, set.order, from, to, set.losses, set.predictions);
    if (train) selectSamples(memory, network, train);
  };
  const training = plan.bySamples ? trainBySamples : trainBySegments;
  return { ...training(kernels, memory, plan, worker, settings), evaluate };
}

type Training = Omit<KernelWorker, 'evaluate'>;

/** Each worker owns the rows of some segments, for all samples of the chunk. */
function trainBySegments(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: MemoryPlan,
  worker: number,
  { learningRate, momentum }: StepSettings,
): Training {
  const { layout, parts, parameters, velocity, gradient, order } = plan;
  const { segments } = layout;
  const network = plan.networks[worker]!;
  const pass = plan.passes[worker]!;
  const sumPass = passSums(memory, plan, pass);
  const bounds = segmentBounds(segments, parts);
  const rows = segmentRows(layout);
  const hasSlots = pass.slots.some((slots) => slots !== 0);

  return {
    computePartials({ from, to }, part) {
      kernels.partials(network, parameters, order + 4 * from, to - from, bounds[part]!, bounds[part + 1]!);
    },
    computeDeltas({ from, to }, first, end) {
      // Shards without slots follow one another, and their samples are computed in one go.
      const shardsAtOnce = hasSlots ? 1 : end - first;
      for (let shard = first; shard < end; shard += shardsAtOnce) {
        const begin = from + partBound(to - from, shard, segments);
        const stop = from + partBound(to - from, shard + shardsAtOnce, segments);
        kernels.deltas(network, parameters, order, from, begin, stop, shard, pass.losses, pass.hits);
      }
    },
    chunkSums: ({ from, to }) => sumPass(to - from),
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
  };
}

/** Each worker does all that its shards need, pass by pass, and adds their gradients up in their slots. */
function trainBySamples(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: MemoryPlan,
  worker: number,
  { learningRate, momentum }: StepSettings,
): Training {
  const { layout, parts, parameters, velocity, gradient, order, passSize } = plan;
  const { segments } = layout;
  const network = plan.networks[worker]!;
  const { losses, hits } = plan.passes[worker]!;
  const sumPass = passSums(memory, plan, plan.passes[worker]!);
  const shardSums = new Float64Array(memory.buffer, plan.shardSums, 2 * segments);
  const rows = segmentRows(layout).at(-1)!;
  const { weights, biases } = layout.layers[0]!;

  function sumShard(shard: number, begin: number, stop: number, m: number): void {
    const slot = gradient + shard * layout.bytes;
    let loss = 0;
    let correct = 0;
    for (let from = begin; from < stop; from += passSize) {
      const n = Math.min(passSize, stop - from);
      kernels.partials(network, parameters, order + 4 * from, n, 0, segments);
      kernels.deltas(network, parameters, order, from, from, from + n, 0, losses, hits);
      const sums = sumPass(n);
      loss += sums.loss;
      correct += sums.correct;
      // Never the last: the sums stay in the slot.
      kernels.step(
        network,
        parameters,
        velocity,
        slot,
        n,
        0,
        1,
        0,
        segments,
        0,
        rows,
        false,
        false,
        m,
        learningRate,
        momentum,
      );
    }
    shardSums[2 * shard] = loss;
    shardSums[2 * shard + 1] = correct;
  }

  /** This part's share of the parameters' bytes [begin … stop). */
  function reduce(begin: number, stop: number, part: number, m: number): void {
    const boundOf = (p: number): number => begin + LINE * partBound((stop - begin) / LINE, p, parts);
    kernels.reduce(
      network,
      parameters,
      velocity,
      gradient,
      layout.bytes,
      segments,
      boundOf(part),
      boundOf(part + 1),
      m,
      learningRate,
      momentum,
    );
  }

  return {
    // All parameters are read by all.
    computePartials() {},
    computeDeltas({ from, to, m }, first, end) {
      for (let shard = first; shard < end; shard++) {
        const boundOf = (s: number): number => from + partBound(to - from, s, segments);
        sumShard(shard, boundOf(shard), boundOf(shard + 1), m);
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

/** Gives the sum of the losses, and the number of hits, of a pass's first n samples: added in their order. */
function passSums(
  memory: WebAssembly.Memory,
  { passSize }: MemoryPlan,
  pass: PassAddresses,
): (n: number) => { loss: number; correct: number } {
  const losses = new Float32Array(memory.buffer, pass.losses, passSize);
  const hits = new Uint8Array(memory.buffer, pass.hits, passSize);
  return (n) => {
    let loss = 0;
    let correct = 0;
    for (let k = 0; k < n; k++) {
      loss += losses[k]!;
      correct += hits[k]!;
    }
    return { loss, correct };
  };
}
