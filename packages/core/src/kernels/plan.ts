import type { Layers } from '../shapes.ts';
import { KERNEL_BYTES } from './compile.ts';
import { type KernelLayout, LINE, type ParallelStrategy, shardGradientBytes } from './layout.ts';
import { LIST_SLACK_BYTES, type ListLayout, startsCount } from './lists.ts';
import { activationStep, byRowBytes, networkBytes } from './network-sizes.ts';

/**
 * How a network is trained. Together with the first parameters, the samples and their order, the settings determine
 * every bit of the result.
 */
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
  /** Number of workers that evaluate at the same time; at most as many of them train as there are shards. */
  readonly workers: number;
  /**
   * The training set: the number of samples in an epoch, and an index into `samples`; left out if nothing is trained.
   */
  readonly train?: { readonly count: number; readonly samples: number };
  /** All sets of samples: the number of samples in each, and the number of words of their lists. */
  readonly samples: readonly { readonly count: number; readonly words: number }[];
  /** The sets to evaluate: the number of samples in each, and an index into `samples`. */
  readonly sets: readonly { readonly count: number; readonly samples: number }[];
}

/** The addresses of all data of a run in its memory, in bytes; every address is a multiple of 64. */
export interface MemoryPlan {
  readonly settings: KernelSettings;
  readonly layout: KernelLayout;
  readonly lists: ListLayout;
  /** Number of workers that train: each has shards, and a range of the parameters. */
  readonly trainers: number;
  /**
   * The largest number of samples that go through the network together, and whose activations are kept for the
   * backward pass.
   */
  readonly chunkSize: number;
  /** Bytes of the whole memory. */
  readonly bytes: number;
  readonly parameters: number;
  readonly velocity: number;
  /** data: a gradient for each shard. rows: one vector of sums, 0 between steps. Empty if nothing is trained. */
  readonly gradient: number;
  /** data: each shard's flags of the rows that it touched. */
  readonly touched: number;
  /**
   * For each worker: a byte for each row of the first layer and sample of a chunk; 0 between calls. With `rows`, the
   * workers share one and use their own rows of it.
   */
  readonly byRow: readonly number[];
  /** Bytes from `gradient` on that must be 0 before the first step. */
  readonly clearedBytes: number;
  /** For each worker; with `rows`, all workers share one. */
  readonly chunks: readonly ChunkAddresses[];
  /** data: for each shard, the sum of the losses and the number of hits; f64. */
  readonly shardSums: number;
  /** Number of samples in an epoch, and the address of its order, u32. */
  readonly trainCount: number;
  readonly order: number;
  /** The training samples. */
  readonly train: SampleAddresses | undefined;
  /** Each worker's description; see describe.ts. */
  readonly networks: readonly number[];
  readonly samples: readonly SampleAddresses[];
  readonly sets: readonly EvaluationAddresses[];
}

/** The addresses of what is kept of a chunk's samples, in bytes. */
interface ChunkAddresses {
  /** Partial sums of the first layer's z. */
  readonly partials: number;
  /** For each layer: its activations, and dz. */
  readonly activations: readonly number[];
  readonly deltas: readonly number[];
  /** rows: the shards' gradients of a small last layer. */
  readonly shardGradients: number;
  /** For each sample: the loss (f32), and whether the prediction is correct (u16). */
  readonly losses: number;
  readonly hits: number;
}

/** The addresses of a set of samples; lists.ts describes the lists. */
export interface SampleAddresses {
  readonly lists: number;
  /** For each range of lists. */
  readonly starts: readonly number[];
  readonly labels: number;
}

/** The addresses of a set to evaluate, in bytes: the numbers of its samples, and the results. */
export interface EvaluationAddresses {
  readonly samples: SampleAddresses;
  /** u32 per sample. */
  readonly order: number;
  /** f32 per sample. */
  readonly losses: number;
  /** u8 per sample. */
  readonly predictions: number;
}

/** Few enough that the activations of a chunk stay in the cache, and that a sample's place fits into a byte. */
const LARGEST_CHUNK = 256;

/**
 * All samples of a worker's shards, if they are at most `LARGEST_CHUNK`; otherwise those of one shard, at most
 * as many.
 */
function dataChunkSize(batch: number, shards: number, trainers: number): number {
  const shard = Math.ceil(batch / shards);
  const ofWorker = shard * Math.ceil(shards / trainers);
  return ofWorker <= LARGEST_CHUNK ? ofWorker : Math.min(shard, LARGEST_CHUNK);
}

/** Determines every address before the memory is created, because the memory does not grow. */
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
  /** With `rows`, the workers share one. */
  const perWorkerOrShared = <Value>(placeOne: () => Value): Value[] => {
    if (isData) return perWorker(placeOne);
    const shared = placeOne();
    return perWorker(() => shared);
  };
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
    hits: place(2 * chunkSize),
  });
  const samples = request.samples.map(({ count, words }) => {
    const starts = place(4 * startsCount(lists, count));
    return {
      starts: ranges.map(({ listsBefore }) => starts + 4 * count * listsBefore),
      lists: place(2 * words + LIST_SLACK_BYTES),
      labels: place(2 * count),
    };
  });
  const parameters = place(layout.bytes);
  const velocity = place(momentum === 0 ? 0 : layout.bytes);
  // Evaluation alone needs none.
  const gradient = place(train ? layout.bytes * (isData ? shards : 1) : 0);
  const byRow = perWorkerOrShared(() => place(byRowBytes(layout, chunkSize)));
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
    chunks: perWorkerOrShared(placeChunk),
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
      predictions: place(2 * set.count),
    })),
  };
  return { ...placed, bytes: end };
}
