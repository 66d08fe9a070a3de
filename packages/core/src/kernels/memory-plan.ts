import type { Layers } from '../shapes.ts';
import { type KernelLayout, layoutNetwork } from './layout.ts';
import { networkBytes, type SampleAddresses } from './network.ts';
import { LIST_ENTRY_BYTES, LIST_SLACK_BYTES } from './sample-lists.ts';

/** What a run of the kernels needs memory for. */
export interface MemoryRequest {
  readonly layers: Layers;
  /** Shards a minibatch is cut into; each has a slot for its gradients. */
  readonly shards: number;
  /** Workers that compute at once. */
  readonly workers: number;
  readonly momentum: number;
  /** Samples of an epoch. */
  readonly trainCount: number;
  /** Every set of samples there is: how many, and how many entries their lists have. */
  readonly samples: readonly { readonly count: number; readonly entries: number }[];
  /** What is evaluated: how many samples, and of which of `samples`. */
  readonly sets: readonly { readonly count: number; readonly samples: number }[];
}

/** Where everything of a run lies in its memory, in bytes; every address is a multiple of 64. */
export interface MemoryPlan {
  readonly layout: KernelLayout;
  readonly shards: number;
  /** Bytes of the whole memory. */
  readonly bytes: number;
  readonly parameters: number;
  readonly velocity: number;
  /** One after another, each as large as the parameters. */
  readonly slots: number;
  /** A byte per row of the first layer and shard: touched by the shard's samples? */
  readonly flags: number;
  readonly flagBytes: number;
  /** Two f64 per shard: sum of losses, and hits. */
  readonly sums: number;
  /** The epoch's order, u32. */
  readonly order: number;
  /** Each worker's network; see network.ts. */
  readonly networks: readonly number[];
  readonly samples: readonly SampleAddresses[];
  readonly sets: readonly EvaluationAddresses[];
}

export interface EvaluationAddresses {
  readonly samples: SampleAddresses;
  /** u32 per sample. */
  readonly order: number;
  /** f32 per sample. */
  readonly losses: number;
  /** u8 per sample. */
  readonly predictions: number;
}

const LINE = 64;

/** Settles every address before the memory is made, so that it has its size from the first moment. */
export function planMemory(request: MemoryRequest): MemoryPlan {
  const { layers, shards, workers, momentum, trainCount } = request;
  const layout = layoutNetwork(layers);
  let end = LINE;
  const place = (bytes: number): number => {
    const address = end;
    end = LINE * Math.ceil((address + bytes) / LINE);
    return address;
  };
  const flagBytes = LINE * Math.ceil(layers[0]! / LINE);
  const samples = request.samples.map(({ count, entries }) => ({
    starts: place(4 * (count + 1)),
    lists: place(entries * LIST_ENTRY_BYTES + LIST_SLACK_BYTES),
    labels: place(count),
  }));
  const placed = {
    layout,
    shards,
    parameters: place(layout.bytes),
    velocity: place(momentum === 0 ? 0 : layout.bytes),
    slots: place(layout.bytes * shards),
    flags: place(flagBytes * shards),
    flagBytes,
    sums: place(16 * shards),
    order: place(4 * trainCount),
    networks: Array.from({ length: workers }, () => place(networkBytes(layout))),
    samples,
    sets: request.sets.map((set) => ({
      samples: samples[set.samples]!,
      order: place(4 * set.count),
      losses: place(4 * set.count),
      predictions: place(set.count),
    })),
  };
  return { ...placed, bytes: end };
}
