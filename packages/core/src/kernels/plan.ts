import type { Layers } from '../shapes.ts';
import { KERNEL_BYTES } from './compile.ts';
import { type KernelLayout, LINE, type ParallelStrategy, shardGradientBytes } from './layout.ts';
import { LIST_SLACK_BYTES, type ListLayout, startsCount } from './lists.ts';
import { activationStep, byRowBytes, networkBytes } from './network-sizes.ts';

/** How a network is trained; with its first parameters, its samples and their order, it decides every bit. */
export interface KernelSettings {
  readonly layers: Layers;
  readonly parallel: ParallelStrategy;
  readonly batchSize: number;
  /** Number of shards of a minibatch; the last bits of the result depend on it. */
  readonly shards: number;
  /** α, above 0 as a float32, and finite. */
  readonly learningRate: number;
  /** μ from [0, 1), as a float32; 0 for plain gradient descent. */
  readonly momentum: number;
}

/** What a run of the kernels needs memory for. */
export interface MemoryRequest {
  readonly settings: KernelSettings;
  /** Workers that evaluate at once; as many of them train as there are shards. */
  readonly workers: number;
  /** What is trained on: how many samples an epoch has, and of which of `samples`; left out where nothing is trained. */
  readonly train?: { readonly count: number; readonly samples: number };
  /** Every set of samples there is: how many, and how many words their lists have. */
  readonly samples: readonly { readonly count: number; readonly words: number }[];
  /** What is evaluated: how many samples, and of which of `samples`. */
  readonly sets: readonly { readonly count: number; readonly samples: number }[];
}

/** Where everything of a run lies in its memory, in bytes; every address is a multiple of 64. */
export interface MemoryPlan {
  readonly settings: KernelSettings;
  readonly layout: KernelLayout;
  readonly lists: ListLayout;
  /** Workers that train: each has shards, and a share of the parameters. */
  readonly trainers: number;
  /** The most samples that go through the network together, and whose activations are kept for the backward pass. */
  readonly chunkSize: number;
  /** Bytes of the whole memory. */
  readonly bytes: number;
  readonly parameters: number;
  readonly velocity: number;
  /** data: a vector for each shard. rows: one vector, 0 between the steps. */
  readonly gradient: number;
  /** data: the flags of each shard. */
  readonly touched: number;
  /** Of each worker: a byte for each row of the first layer and sample of a chunk; 0 between the steps. */
  readonly byRow: readonly number[];
  /** Bytes from `gradient` on that are 0 before a run's first step. */
  readonly clearedBytes: number;
  /** Of each worker; with `rows`, they share one. */
  readonly chunks: readonly ChunkAddresses[];
  /** data: of each shard, sum of the losses, and number of hits; f64. */
  readonly shardSums: number;
  /** Samples of an epoch, and its order, u32. */
  readonly trainCount: number;
  readonly order: number;
  /** The samples that are trained on. */
  readonly train: SampleAddresses | undefined;
  /** Each worker's description; see describe.ts. */
  readonly networks: readonly number[];
  readonly samples: readonly SampleAddresses[];
  readonly sets: readonly EvaluationAddresses[];
}

/** Where what is kept of a chunk's samples lies, in bytes. */
export interface ChunkAddresses {
  /** What adds up to the first layer's z. */
  readonly partials: number;
  /** Of each layer: what comes out of it, and dz. */
  readonly activations: readonly number[];
  readonly deltas: readonly number[];
  /** rows: of a small last layer, the gradients of the shards. */
  readonly shardGradients: number;
  /** Of each sample: loss (f32), and whether it was a hit (u8). */
  readonly losses: number;
  readonly hits: number;
}

/** Where the lists of a set of samples lie; see lists.ts. */
export interface SampleAddresses {
  readonly lists: number;
  /** Of each range. */
  readonly starts: readonly number[];
  readonly labels: number;
}

/** Where a set to evaluate lies, in bytes: which samples, and what the evaluation leaves. */
export interface EvaluationAddresses {
  readonly samples: SampleAddresses;
  /** u32 per sample. */
  readonly order: number;
  /** f32 per sample. */
  readonly losses: number;
  /** u8 per sample. */
  readonly predictions: number;
}

/** Few enough that what is kept of them stays in the cache; a sample's place fits into a byte. */
const LARGEST_CHUNK = 256;

/** All samples of a worker's shards, if they are few; or else those of one shard, and as many of these as are few. */
function dataChunkSize(batch: number, shards: number, trainers: number): number {
  const shard = Math.ceil(batch / shards);
  const ofWorker = shard * Math.ceil(shards / trainers);
  return ofWorker <= LARGEST_CHUNK ? ofWorker : Math.min(shard, LARGEST_CHUNK);
}

/** Settles every address before the memory is made, so that it has its size from the first moment. */
export function planMemory(
  { settings, workers, train, ...request }: MemoryRequest,
  lists: ListLayout,
): MemoryPlan {
  const { batchSize, shards, momentum, parallel } = settings;
  const { layout, ranges } = lists;
  const isData = parallel === 'data';
  let end = KERNEL_BYTES;
  const place = (bytes: number): number => {
    const address = end;
    end = LINE * Math.ceil((address + bytes) / LINE);
    return address;
  };
  const perWorker = <Value>(placeOne: () => Value): Value[] => Array.from({ length: workers }, placeOne);
  const trainCount = train?.count ?? 0;
  const batch = Math.max(1, Math.min(batchSize, trainCount));
  const trainers = Math.min(workers, shards);
  const chunkSize = isData ? dataChunkSize(batch, shards, trainers) : Math.min(batch, LARGEST_CHUNK);
  const last = layout.layers.at(-1)!;
  const placeChunk = (): ChunkAddresses => ({
    partials: place((isData ? 1 : shards) * chunkSize * layout.layers[0]!.width),
    activations: layout.layers.map((layer) =>
      layer === last ? 0 : place(chunkSize * activationStep(layer.width)),
    ),
    deltas: layout.layers.map(({ stride, width }) => place(chunkSize * stride * Math.ceil(width / stride))),
    shardGradients: isData || !last.hasShardGradients ? 0 : place(shards * shardGradientBytes(last)),
    losses: place(4 * chunkSize),
    hits: place(chunkSize),
  });
  const placeChunks = (): ChunkAddresses[] => {
    if (isData) return perWorker(placeChunk);
    const shared = placeChunk();
    return perWorker(() => shared);
  };
  const samples = request.samples.map(({ count, words }) => {
    const starts = place(4 * startsCount(lists, count));
    return {
      starts: ranges.map(({ listsBefore }) => starts + 4 * count * listsBefore),
      lists: place(2 * words + LIST_SLACK_BYTES),
      labels: place(count),
    };
  });
  const placeByRow = (): number[] => {
    const bytes = byRowBytes(layout, chunkSize);
    if (isData) return perWorker(() => place(bytes));
    const shared = place(bytes);
    return perWorker(() => shared);
  };
  const parameters = place(layout.bytes);
  const velocity = place(momentum === 0 ? 0 : layout.bytes);
  const gradient = place(layout.bytes * (isData ? shards : 1));
  const byRow = placeByRow();
  const clearedBytes = end - gradient;
  const placed = {
    settings,
    layout,
    lists,
    trainers,
    chunkSize,
    parameters,
    velocity,
    gradient,
    byRow,
    clearedBytes,
    touched: place(isData ? shards * layout.touchedBytes : 0),
    chunks: placeChunks(),
    shardSums: place(isData ? 2 * 8 * shards : 0),
    trainCount,
    order: place(4 * trainCount),
    train: train && samples[train.samples]!,
    networks: perWorker(() => place(networkBytes(layout, lists, parallel, chunkSize))),
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
