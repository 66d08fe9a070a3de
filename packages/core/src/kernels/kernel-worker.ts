import type { Kernels } from './compile.ts';
import type { EvaluationAddresses, MemoryPlan } from './memory-plan.ts';
import { type SampleAddresses, selectSamples } from './network.ts';

/** How steps are taken; fixed for a run. */
export interface StepSettings {
  readonly learningRate: number;
  readonly momentum: number;
}

/** One worker's calls into the kernels, with the addresses of the plan filled in. */
export interface KernelWorker {
  /** Fills a shard's slot with the sums of gradients over order[from … to), and its two sums. */
  sumShard(shard: number, from: number, to: number): void;
  /** The part'th of `parts`: slots added in shard order, divided once by m, and the SGD step. */
  reduceAndStep(m: number, part: number, parts: number): void;
  /** Losses and predictions of the set's order[from … to). */
  evaluate(set: EvaluationAddresses, from: number, to: number): void;
}

/** From this width on, a row that no sample touched is worth asking for before it is added. */
const FLAGGED_WIDTH = 128;
const LINE = 64;

/** The part'th of `parts` consecutive ranges that together cover 0 … length − 1. */
function part(length: number, parts: number, index: number): [from: number, to: number] {
  return [Math.floor((index * length) / parts), Math.floor(((index + 1) * length) / parts)];
}

/**
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
  const { layout, shards, parameters, velocity, slots, flags, flagBytes, sums, order } = plan;
  const { inputs, width, tileBytes, biases } = layout.layers[0]!;
  const network = plan.networks[worker]!;
  const flagged = width >= FLAGGED_WIDTH;
  if (train) selectSamples(memory, network, train);

  return {
    sumShard(shard, from, to) {
      const slot = slots + shard * layout.bytes;
      const marks = flagged ? flags + shard * flagBytes : 0;
      kernels.sumShard(network, parameters, slot, layout.bytes, marks, order, from, to, sums + 16 * shard);
    },
    reduceAndStep(m, index, parts) {
      // Wide rows of the first layer one by one, as many of them were not touched; the rest in one go.
      const begin = flagged ? biases : 0;
      if (flagged) {
        const [from, to] = part(inputs, parts, index);
        kernels.reduceAndStepRows(
          parameters,
          velocity,
          slots,
          layout.bytes,
          flags,
          flagBytes,
          shards,
          width,
          tileBytes,
          from,
          to,
          m,
          learningRate,
          momentum,
        );
      }
      // In whole cache lines, so that no two workers write to one.
      const [first, last] = part(Math.ceil((layout.bytes - begin) / LINE), parts, index);
      const from = begin + first * LINE;
      const to = Math.min(begin + last * LINE, layout.bytes);
      kernels.reduceAndStep(
        parameters,
        velocity,
        slots,
        layout.bytes,
        shards,
        from,
        to,
        m,
        learningRate,
        momentum,
      );
    },
    evaluate(set, from, to) {
      selectSamples(memory, network, set.samples);
      kernels.evaluate(network, parameters, set.order, from, to, set.losses, set.predictions);
    },
  };
}
